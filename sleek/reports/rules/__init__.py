"""Pure parts of the reports: days and periods."""
