"""The editor of a bill: its fields and rows, what they say, and what is wrong with them."""
