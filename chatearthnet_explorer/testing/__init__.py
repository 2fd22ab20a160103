"""Captions and chips with known faults: what tests, benchmarks and notebook 03 share."""
