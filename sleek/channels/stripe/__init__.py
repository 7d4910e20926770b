"""Stripe, through its hosted Checkout pages: card data never touches us.

One attempt is one Checkout Session; our key is its client reference, its metadata and its
idempotency key.
"""
