"""Transfers to the merchant's own bank account, told apart by a reference on each."""
