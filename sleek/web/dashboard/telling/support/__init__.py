"""What support and finance read about payments that went another way than they should."""
