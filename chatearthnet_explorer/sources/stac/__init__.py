"""Chips of real Sentinel-2 scenes, found through STAC, with labels from ESA WorldCover."""
