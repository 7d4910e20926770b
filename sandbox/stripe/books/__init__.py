"""What is in an account's balance."""
