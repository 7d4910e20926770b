"""Forms about bank statements."""
