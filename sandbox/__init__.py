"""Simulated payment providers, a program of its own.

It speaks the protocols of Stripe and Alipay as they do, down to signatures, refusals and
retries, so that our connectors are proven against something that says no. It imports
nothing of `sleek`, and `sleek` never imports it.
"""
