"""Refunds: promised (money out of reach), sent (the provider is told), learnt (how it went).

A second, late or wrong payment comes back to its payer by itself. A refund's public id is the
provider's idempotency key, so sending twice refunds once.
"""
