"""The Explorer: a click on a map becomes a chip, a prompt and a caption."""
