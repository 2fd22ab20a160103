"""Captions of one place by several writers, beside each other."""
