"""Places on Earth: countries, continents, their names, the outline of the land, and suggestions."""
