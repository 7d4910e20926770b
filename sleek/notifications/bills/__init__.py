"""What is written about bills and receipts: to payers, and to the merchant's people."""
