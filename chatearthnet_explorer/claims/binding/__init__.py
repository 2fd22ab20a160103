"""Step 4: bind the classes of one clause to places, amounts, denials and leads; ``bind`` calls the other modules."""
