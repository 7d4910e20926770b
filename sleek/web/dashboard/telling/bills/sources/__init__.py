"""Where lines come from, in words: tables that are taken over, and what a bill differs in later."""
