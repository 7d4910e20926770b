"""Pure decisions of reconciliation: what is out of the ordinary about a payment (`flags`)."""
