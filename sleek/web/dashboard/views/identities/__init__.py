"""Logging in with Google and WeChat: leaving and coming back, joining, and the ways to log in."""
