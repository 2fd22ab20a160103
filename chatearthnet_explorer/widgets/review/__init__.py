"""The ReviewDesk: a spot-check on screen."""
