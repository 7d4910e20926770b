"""What is in a merchant's account, and the bills that tell of it."""
