"""What is wrong with a pair, and what people decided."""
