"""What came onto the merchant's bank accounts, and paying somebody else from the wallet."""
