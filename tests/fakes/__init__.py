"""Fakes of what lies outside: providers. Nothing of Sleek itself is ever faked."""
