"""The prompt that ChatEarthNet's method makes of land-cover shares."""
