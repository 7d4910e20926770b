"""Refunds: the list, making one, deciding on one, the ways it goes, and the rule for all."""
