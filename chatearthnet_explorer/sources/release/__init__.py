"""Chips and captions of the released data set: from a folder, a web server, or Zenodo."""
