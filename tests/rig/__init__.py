"""Real servers and files that tests share: each starts on loopback and is ended by the test that began it."""
