"""Captions and chips with known faults, for tests, benchmarks and notebook 03; a simulated model for notebook 04."""
