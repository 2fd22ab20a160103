"""The views of the lessons and the quiz."""
