"""What pages tell: words, drawings and stories made of what the queries found. Writes nothing."""
