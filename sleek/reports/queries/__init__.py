"""Shared reads of the reports, one file per question."""
