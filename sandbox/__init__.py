"""Simulated payment and identity providers, a program of its own.

It speaks the protocols of Stripe, Alipay, Google and WeChat as they do, down to signatures,
refusals and retries, so that what we wrote is proven against something that says no. It imports
nothing of `sleek`, and `sleek` never imports it.
"""
