"""Prompts: the facts about a label map, the size words, and the wording of each style."""
