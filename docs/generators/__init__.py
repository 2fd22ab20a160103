"""What the documentation site takes out of the code when it is built."""
