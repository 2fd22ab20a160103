"""Lessons, glossary and quiz: how a place becomes a caption, and how a caption is judged."""
