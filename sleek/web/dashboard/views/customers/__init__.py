"""The address book's pages, and those of tables that are looked at before they are imported."""
