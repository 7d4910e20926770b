"""What people did, and what is known of one of them."""
