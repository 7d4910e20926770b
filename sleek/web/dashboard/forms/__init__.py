"""Forms of the back office and of signing up."""
