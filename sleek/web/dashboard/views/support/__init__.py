"""Pages of those who help: exceptions, troubleshooting, and what payers are told."""
