"""The address book's pages."""
