"""A bill as its payer meets it: what it says, what may be paid of it, and its papers."""
