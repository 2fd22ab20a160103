"""A made-up release of the layout of ChatEarthNet's, and the sample catalog that comes with the package."""
