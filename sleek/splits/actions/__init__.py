"""Agreeing on plans (`plans`), and the life of portions (`portions`, `refunding`).

Portions change only while their payment's row is locked. What touches another merchant's books is
done by the worker: a member of one merchant cannot write in another's.
"""

from sleek.splits.actions.plans import (
    PlanRefused,
    accept,
    archive,
    attach,
    create_plan,
    decline,
    offer,
)
from sleek.splits.actions.portions import NotReleasable, hold, release, release_now
from sleek.splits.actions.refunding import give_up, settle_up

__all__ = [
    "NotReleasable",
    "PlanRefused",
    "accept",
    "archive",
    "attach",
    "create_plan",
    "decline",
    "give_up",
    "hold",
    "offer",
    "release",
    "release_now",
    "settle_up",
]
