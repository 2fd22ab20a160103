"""Files for ``panel serve``, one for each section of the site; see the how-to "Serve the explorer for a class"."""
