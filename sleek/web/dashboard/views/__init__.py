"""Views of the back office, one file per noun."""
