"""What a payer enters on a link's page, and what is wrong with it. Nothing is changed here."""
