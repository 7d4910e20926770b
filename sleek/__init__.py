"""Sleek collects small business payments and knows where every cent is."""
