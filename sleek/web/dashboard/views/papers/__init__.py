"""The settings of papers: numbers, who approves, templates, seals and the certificate."""
