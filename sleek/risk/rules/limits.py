"""How much is too much, and what follows: pass, a challenge, or come back later.

Two crowds look alike at first. Card testing is many tries from ever new addresses and devices, and
hardly any is paid. A shop's link in a busy hour is many tries from ever new addresses and devices,
too, and most are paid within minutes. So no limit counts tries alone: each grants a fixed number
for nothing and then earns more by what was paid (`per_win`).

* The hard limit on a link is 20 tries an hour. From the fourth that is paid on, it is 8 and four
  for each paid one; from the twentieth, 40 and two and a half. Where fewer than three in twenty
  are paid, nothing beyond the 20 is earned, whatever changes with every try. A link that is paid
  grows without a step: at a cold start there is room for as many payers in the middle of paying as
  a shop with 300 an hour has. A crowd that comes faster still, to a link that nobody has paid yet,
  waits until its first have paid: a refusal says when to come back, and the page does so by itself.
* Before that, where nobody has paid or providers decline much, a challenge makes each try cost
  something, and twice as much with every fourth. It slows down; the hard limit does not rest on it,
  since solving can be bought.
* An address that is declined again and again on a link is refused before the link is, so it cannot
  use up what others may still try. Limits by address, network and device are wide, as thousands of
  honest payers share an address of a mobile network.

What this leaves open: on a link that many honest people are paying, an attacker can use the room
that they earn and leave, at most one and a half times as many tries as are paid, and 40. There,
declines are what gives the attack away: an honest crowd has far fewer of them than payments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

SLOT_S = 20  # tries are counted in slots of so many seconds; a window is a number of slots
TRIES_A_LEVEL = 4  # beyond a limit: each so many make the next puzzle twice as hard


class Action(StrEnum):
    """What a stranger may do."""

    PAY = "pay"
    ASK_FOR_LINK = "ask_for_link"
    SEND_CODE = "send_code"
    NAME_ACCOUNT = "name_account"
    ANNOUNCE = "announce"
    VERIFY = "verify"


class Scope(StrEnum):
    """By what tries are counted together."""

    SUBJECT = "subject"  # what is acted on: a link; for a code, who gets the mail
    VISIT = "visit"  # one address at one subject
    ADDRESS = "address"  # IPv4 whole, IPv6 by /64
    NETWORK = "network"  # IPv4 by /24, IPv6 by /48
    DEVICE = "device"  # by a cookie
    PROOF = "proof"  # one solved challenge, so that it is good for one try


class Measure(StrEnum):
    TRIES = "tries"
    LOSSES = "losses"  # tries that a provider declined


class Window(IntEnum):
    """In seconds."""

    MINUTE = 60
    TEN_MINUTES = 600
    HOUR = 3600


class Verdict(IntEnum):
    """The graver is the greater."""

    ALLOW = 0
    CHALLENGE = 1
    REFUSE = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """The next try meets the verdict once there were as many as `room`."""

    verdict: Verdict
    scope: Scope
    window: Window
    measure: Measure
    base: int
    per_win: float = 0
    least: int = 0

    def room(self, wins: int) -> int:
        return max(self.least, self.base + int(self.per_win * wins))


@dataclass(frozen=True, slots=True)
class Count:
    """What happened within one scope and window. `oldest` is the first slot with a try."""

    tries: int = 0
    wins: int = 0
    losses: int = 0
    oldest: int = 0


Counts: TypeAlias = Mapping[tuple[Scope, Window], Count]


@dataclass(frozen=True, slots=True)
class Decision:
    """`level` says how hard a challenge; `until_slot`, when a refusal is over at the latest."""

    verdict: Verdict = Verdict.ALLOW
    scope: Scope = Scope.SUBJECT
    level: int = 0
    until_slot: int = 0


_NOTHING, _PASS = Count(), Decision()  # most tries have nothing before them, and pass
_TRIES, _LOSSES = Measure.TRIES, Measure.LOSSES
_CHALLENGE, _REFUSE = Verdict.CHALLENGE, Verdict.REFUSE
_MINUTE, _TEN, _HOUR = Window.MINUTE, Window.TEN_MINUTES, Window.HOUR

LIMITS: dict[Action, tuple[Limit, ...]] = {
    Action.PAY: (
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 8, per_win=4, least=20),
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 40, per_win=2.5),
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _LOSSES, 16, per_win=0.5),
        Limit(_CHALLENGE, Scope.SUBJECT, _HOUR, _TRIES, 16, per_win=8),
        Limit(_CHALLENGE, Scope.SUBJECT, _HOUR, _LOSSES, 8, per_win=0.5),
        Limit(_CHALLENGE, Scope.SUBJECT, _TEN, _LOSSES, 6, per_win=0.5),
        Limit(_CHALLENGE, Scope.SUBJECT, _MINUTE, _TRIES, 40, per_win=3),
        Limit(_REFUSE, Scope.VISIT, _HOUR, _LOSSES, 12, per_win=0.5),
        Limit(_CHALLENGE, Scope.VISIT, _HOUR, _LOSSES, 6, per_win=0.5),
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 80, per_win=3),
        Limit(_CHALLENGE, Scope.ADDRESS, _TEN, _TRIES, 40, per_win=3),
        Limit(_CHALLENGE, Scope.ADDRESS, _HOUR, _LOSSES, 12, per_win=1),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 400, per_win=3),
        Limit(_CHALLENGE, Scope.NETWORK, _HOUR, _LOSSES, 60, per_win=1),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 24, per_win=3),
        Limit(_CHALLENGE, Scope.DEVICE, _HOUR, _TRIES, 12, per_win=3),
        Limit(_CHALLENGE, Scope.DEVICE, _HOUR, _LOSSES, 6, per_win=1),
    ),
    # Writes to a merchant.
    Action.ASK_FOR_LINK: (
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 30),
        Limit(_CHALLENGE, Scope.SUBJECT, _HOUR, _TRIES, 10),
        Limit(_REFUSE, Scope.VISIT, _HOUR, _TRIES, 10),
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 40),
        Limit(_CHALLENGE, Scope.ADDRESS, _HOUR, _TRIES, 10),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 200),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 6),
        Limit(_CHALLENGE, Scope.DEVICE, _HOUR, _TRIES, 3),
    ),
    # Sends a merchant a file. A payer seldom has more than one.
    Action.ANNOUNCE: (
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 60),
        Limit(_REFUSE, Scope.VISIT, _HOUR, _TRIES, 10),
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 30),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 120),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 10),
    ),
    # Says where money goes; its address is signed, so few have any business there.
    Action.NAME_ACCOUNT: (
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 10),
        Limit(_CHALLENGE, Scope.SUBJECT, _HOUR, _TRIES, 3),
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 20),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 100),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 10),
    ),
    # Only papers that there are not count here: guesses, and slips of the finger.
    Action.VERIFY: (
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 60),
        Limit(_CHALLENGE, Scope.ADDRESS, _HOUR, _TRIES, 15),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 300),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 30),
    ),
    # Writes to whatever address a stranger types.
    Action.SEND_CODE: (
        Limit(_REFUSE, Scope.SUBJECT, _HOUR, _TRIES, 3),
        Limit(_REFUSE, Scope.ADDRESS, _HOUR, _TRIES, 20),
        Limit(_REFUSE, Scope.NETWORK, _HOUR, _TRIES, 60),
        Limit(_REFUSE, Scope.DEVICE, _HOUR, _TRIES, 5),
    ),
}


def decide(action: Action, counts: Counts) -> Decision:
    """What the next try meets. The gravest limit speaks; of two refusals, the longer."""
    met = (_judge(limit, counts) for limit in LIMITS[action])
    return max(met, key=lambda one: (one.verdict, one.level, one.until_slot))


def slot_at(moment: datetime) -> int:
    return int(moment.timestamp()) // SLOT_S


def first_slot(present: int, window: Window) -> int:
    """The window's first slot: the present one has just begun, so one more than fit into it."""
    return present - window // SLOT_S


def _judge(limit: Limit, counts: Counts) -> Decision:
    count = counts.get((limit.scope, limit.window), _NOTHING)
    measured = count.tries if limit.measure == Measure.TRIES else count.losses
    beyond = measured - limit.room(count.wins)
    if beyond < 0:
        return _PASS
    if limit.verdict == Verdict.CHALLENGE:
        return Decision(limit.verdict, limit.scope, level=1 + beyond // TRIES_A_LEVEL)
    until_slot = count.oldest + limit.window // SLOT_S + 1
    return Decision(limit.verdict, limit.scope, until_slot=until_slot)
