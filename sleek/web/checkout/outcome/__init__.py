"""What a payer, and the payee's own site, are handed once it is paid: receipt and result."""
