"""The same act on many bills: wished at once, done by the worker one bill after the other.

Each bill is a transaction of its own, which does the act and notes what came of it. A crash leaves
the rest waiting, and nothing is done twice; several workers share the bills by SKIP LOCKED. The
verbs are those of a single bill, in the name of whoever wished it, so all that refuses one bill
refuses it here.
"""

from sleek.invoices.actions.batching.starting import WAKE, BatchRefused, again, start, stop
from sleek.invoices.actions.batching.working import act, work

__all__ = ["WAKE", "BatchRefused", "act", "again", "start", "stop", "work"]
