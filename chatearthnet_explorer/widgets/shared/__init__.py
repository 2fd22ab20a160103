"""Views that the Explorer, the Browser and the ReviewDesk share."""
