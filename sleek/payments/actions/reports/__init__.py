"""The one door for news about payments.

Notices, polling and reconciliation all end here, in any order and any number of times: a report
that says nothing new changes nothing. A batch is one transaction (`door`): payments are locked in
id order, then their bills (`cases`), judged one report after another in memory, written back
set-wise, and the ledger is posted last (`changes`).
"""

from sleek.payments.actions.reports.door import apply_reports
from sleek.payments.actions.reports.parts import NotAcceptable, accept

__all__ = ["NotAcceptable", "accept", "apply_reports"]
