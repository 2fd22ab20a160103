"""The views: one widget, one file, public traits as the only state."""
