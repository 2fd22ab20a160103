"""A simulated release in the layout of ChatEarthNet, and the sample catalog of the package."""
