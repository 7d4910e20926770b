"""Views about how a person logs in and proves who they are."""
