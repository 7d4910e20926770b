"""Refunds in words: their reasons and ways, the three steps of each, and the list as a file."""
