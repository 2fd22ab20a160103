"""Places on Earth: countries, continents, coasts, names, and suggestions for a first click."""
