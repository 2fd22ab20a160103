"""Land cover: the classes, how much of what lies in which part, and label maps read from files."""
