"""Paths that people type, and CSV files for spreadsheets."""
