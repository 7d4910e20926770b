"""Forms of the payment channels."""
