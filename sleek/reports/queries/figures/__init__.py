"""Sums of payments and tries, read from the roll-ups, and what they are made of."""
