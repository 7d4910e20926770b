"""What a merchant shows to all payers: its brands and its terms."""
