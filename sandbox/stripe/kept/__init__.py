"""Cards that Stripe keeps for their holders, and the payments that are made with them."""
