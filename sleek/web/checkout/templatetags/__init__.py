"""Template tags of the payer's pages."""
