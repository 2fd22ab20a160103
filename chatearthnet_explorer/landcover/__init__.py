"""Land cover: the legend, shares of the classes by part, and label files."""
