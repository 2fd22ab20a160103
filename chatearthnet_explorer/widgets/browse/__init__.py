"""The Browser: the whole data set by map, facets and words, and one pair at a time."""
