"""Views about the people of a workspace, one file per noun."""
