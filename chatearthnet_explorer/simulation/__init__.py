"""An Earth that never was: the ground, the people on it, and what a satellite would see."""
