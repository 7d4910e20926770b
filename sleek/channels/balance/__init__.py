"""From one wallet on this installation to another, at once."""
