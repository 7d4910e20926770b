"""Entering a customer, and saying which column of a table says what."""
