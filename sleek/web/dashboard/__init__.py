"""The merchant's back office, and the pages where people sign up and in."""
