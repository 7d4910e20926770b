"""Providers' notices and returns: verify, keep, answer; the work itself is done by the worker."""
