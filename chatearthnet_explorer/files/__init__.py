"""Paths from users, files that are whole or not there, and CSV files for spreadsheets."""
