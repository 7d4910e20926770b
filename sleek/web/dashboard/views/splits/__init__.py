"""Holding and sharing out what was paid: plans, the shares of others, and held portions."""
