"""PayPal by its Orders API v2: the payer approves at PayPal, and we capture."""
