"""Payment links: the list, making and dressing one, sharing it, its stickers, and the counter."""
