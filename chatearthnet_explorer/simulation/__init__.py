"""A simulated Earth: terrain, settlements, land cover, and the pixels of a satellite image."""
