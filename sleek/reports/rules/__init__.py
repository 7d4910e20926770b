"""Pure parts of the reports: days and periods, and cells that are safe in a spreadsheet."""
