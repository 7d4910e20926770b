"""Forms about refunds."""
