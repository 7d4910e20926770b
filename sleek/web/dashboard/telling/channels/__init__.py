"""Connections in words: their fields, their health, what they cost, and why one was taken."""
