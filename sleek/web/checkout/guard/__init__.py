"""The guard at payers' forms: who is at the door, and the pages that hold somebody up.

A view tells its verb who acts (`visitor`); the verb may refuse, and `guarded` answers with a page.
All that was chosen and typed goes along in hidden fields to the same address, so who has waited or
proven themselves arrives where they were going.
"""

from sleek.web.checkout.guard.doors import guarded
from sleek.web.checkout.guard.visitors import look, visitor

__all__ = ["guarded", "look", "visitor"]
