"""Whether a stranger may go on, decided by what was counted, and counted in the same moment."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.risk import rules
from sleek.risk.actions import counting
from sleek.risk.models import Admission
from sleek.risk.rules import Action, Count, Counts, Decision, Scope, Verdict, Window

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the door, as far as a request says, and what they have just proven."""

    address: str = ""
    device: str = ""
    proof: str = ""  # the id of a solved challenge
    proof_level: int = 0


class ChallengeNeeded(SleekError):
    """So many tries were made that the next one must prove itself."""

    code = "challenge_needed"

    def __init__(self, action: Action, subject: str, decision: Decision) -> None:
        super().__init__(_("Many tries were made here. Please prove that you are not a robot."))
        self.action, self.subject, self.scope = action, subject, decision.scope
        self.level = decision.level


class TooManyTries(SleekError):
    """No further try is taken for now; `until` says for how long at most."""

    code = "too_many_tries"

    def __init__(self, action: Action, subject: str, decision: Decision) -> None:
        super().__init__(_("Too many tries were made here. Please come back later."))
        self.action, self.subject, self.scope = action, subject, decision.scope
        self.until = datetime.fromtimestamp(decision.until_slot * rules.SLOT_S, UTC)


def look(action: Action, subject: str, visitor: Visitor) -> None:
    """Whether a try would be admitted now. Counts nothing and writes nothing.

    Raises `ChallengeNeeded` or `TooManyTries`.
    """
    _refuse(action, subject, visitor, counting.read(_keys(action, subject, visitor)))


@transaction.atomic
def admit(action: Action, subject: str, visitor: Visitor, *, reference: str = "") -> None:
    """Let one try through and count it; with a `reference`, its end will be learned.

    Tries at one subject wait for each other until the caller's transaction ends, so of many at once
    no more pass than there is room for. Raises `ChallengeNeeded` or `TooManyTries`; then nothing
    is counted.
    """
    counts = counting.count(_keys(action, subject, visitor), reference)
    _refuse(action, subject, visitor, counts)


def pass_on(reference: str, heir: str) -> None:
    """Another try stands in for one that was let through; how it ends is learned of that one."""
    Admission.objects.filter(pk=reference).update(reference=heir)


def tell(refusal: ChallengeNeeded | TooManyTries, merchant_id: int, public_id: str) -> None:
    """Log that somebody was held up. When it is for what happens at one link, its merchant is told,
    once an hour.
    """
    kind = "risk.challenged" if isinstance(refusal, ChallengeNeeded) else "risk.refused"
    facts = {"action": refusal.action, "scope": refusal.scope, "subject": public_id}
    logger.info(kind, extra=facts)
    told = {Scope.SUBJECT: counting.key(f"told {refusal.subject}")}
    is_about_link = refusal.action == Action.PAY and refusal.scope == Scope.SUBJECT
    if is_about_link and not counting.read(told):
        _tell_merchant(refusal.subject, told, merchant_id, public_id)


@transaction.atomic
def _tell_merchant(subject: str, told: dict[Scope, str], merchant_id: int, public_id: str) -> None:
    if counting.count(told):
        return  # somebody else just did
    counts = counting.read(_keys(Action.PAY, subject, Visitor()))
    hour = counts.get((Scope.SUBJECT, Window.HOUR), Count())
    data: dict[str, object] = {"tries": hour.tries, "paid": hour.wins, "declined": hour.losses}
    events.record([Fact("link.guarded", public_id, merchant_id, data)])


def _keys(action: Action, subject: str, visitor: Visitor) -> dict[Scope, str]:
    names = rules.places(action, subject, visitor.address, visitor.device)
    if visitor.proof:
        names[Scope.PROOF] = f"proof {visitor.proof}"
    return {scope: counting.key(name) for scope, name in names.items()}


def _refuse(action: Action, subject: str, visitor: Visitor, counts: Counts) -> None:
    decision = rules.decide(action, counts)
    if decision.verdict == Verdict.REFUSE:
        raise TooManyTries(action, subject, decision)
    if decision.verdict == Verdict.CHALLENGE:
        is_spent = (Scope.PROOF, Window.HOUR) in counts
        if not visitor.proof or is_spent or not rules.suffices(visitor.proof_level, decision.level):
            raise ChallengeNeeded(action, subject, decision)
