"""Bills in the office: the list, the editor, one bill, and what may be done with it."""
