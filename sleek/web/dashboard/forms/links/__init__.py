"""The forms of payment links, with every mistake explained at its field."""
