"""Captions and chips with known faults, for tests, benchmarks and notebook 03."""
