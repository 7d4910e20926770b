"""Bills in words and pictures: their badges, their paper, their story, and lists of them."""
