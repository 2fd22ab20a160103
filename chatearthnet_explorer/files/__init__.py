"""Paths from users, and CSV files for spreadsheets."""
