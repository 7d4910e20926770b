"""Pages by noun. They read and answer; whatever changes is a verb of the payments package."""
