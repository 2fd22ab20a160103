"""Step 5: relate what the clauses and sentences of a caption say; ``relate`` calls the other modules."""
