"""Stripe's API: what each call accepts, what it does, and how it looks over HTTP."""
