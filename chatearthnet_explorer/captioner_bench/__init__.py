"""The bench: how often the captions of several captioners disagree with the labels, on the same chips."""
