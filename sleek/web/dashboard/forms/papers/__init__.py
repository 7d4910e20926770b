"""How papers are numbered, dressed, sealed and signed."""
