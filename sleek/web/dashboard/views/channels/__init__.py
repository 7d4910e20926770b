"""Pages of the payment channels, in the settings."""
