"""One world: time, chance, weather, and who acts next. All of it follows from the seed."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from django.db import OperationalError

from sleek.channels.base import Notice as Message
from sleek.channels.base import Outcome
from sleek.core import clock, http, ids
from sleek.core.errors import SleekError
from tests.simulation.database import Crash, Observer, Sessions, lost
from tests.simulation.providers import Books, Family, Gift, NoAnswer, Trade

Answer = TypeVar("Answer")
Step: TypeAlias = tuple[str, Callable[[], object]]
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEEPEST = 2  # steps within steps
LONGEST_DELAY = timedelta(hours=72)  # of a notice

# How often each thing goes wrong, at the rates that a world may draw. A world in which all goes
# wrong at once gets nowhere, and one in which nothing does finds nothing: so each draws its own.
WEATHER: dict[str, tuple[float, ...]] = {
    "others_at_statement": (0, 0.03, 0.1),
    "others_at_call": (0, 0.2, 0.5),
    "statement_fails": (0, 0, 0.002, 0.01),
    "commit_fails": (0, 0, 0.02),
    "commit_answer_lost": (0, 0, 0.03),
    "crash_after_commit": (0, 0.01, 0.05),
    "crash_at_call": (0, 0, 0.1),
    "question_lost": (0, 0.1, 0.4),
    "answer_lost": (0, 0.2, 0.5),
    "start_refused": (0, 0, 0.1),
    "outage": (0, 0, 0, 0.05),
    "wrong_money": (0, 0.1, 0.4),
    "slips": (0, 0.5, 1),
    "short": (0, 0.3, 0.6),
    "refund_refused": (0, 0.3, 0.6),
    "refund_pends": (0, 0.3, 0.8),
    "refund_bounces": (0, 0, 0.3),
    "notice_lost": (0, 0.2, 0.7),
    "notice_again": (0, 0.2, 0.6),
    "notice_late": (0, 0.2, 0.7),
}


class Violation(AssertionError):
    """A named invariant does not hold."""


@dataclass(order=True)
class Parcel:
    """A notice on its way, and when it arrives."""

    due: datetime
    number: int
    channel: str = field(compare=False)
    message: Message = field(compare=False)


class World:
    def __init__(self, seed: int, sessions: Sessions, observer: Observer) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.now = MORNING
        self.rates = {name: self.chance.choice(rates) for name, rates in WEATHER.items()}
        self.is_calm = True  # nothing goes wrong before the first step and after the last
        self.books = Books()
        self.post: list[Parcel] = []
        self.later: list[tuple[datetime, int, Callable[[], None]]] = []
        self.trace: list[str] = []
        self.violations: list[str] = []
        self.surprises: list[str] = []
        self.accepted: set[str] = set()  # payments that a person let be paid by another amount
        self.sessions, self.observer = sessions, observer
        self._depth = -1
        self._number = 0
        self._names: dict[str, str] = {}
        self._outages: dict[str, datetime] = {}
        self.pick_step: Callable[[], Step] | None = None
        self.pick_rival: Callable[[], Step] | None = None

    @contextmanager
    def alive(self) -> Iterator[None]:
        """While it lasts, time and chance are this world's."""
        bits = random.Random(self.seed ^ 0x51EE_D)
        Family.world = self
        self.sessions.world = self
        try:
            with (
                clock.use(lambda: self.now),
                ids.use(bits.getrandbits),
                _heard(self._hear),
            ):
                yield
        finally:
            self.sessions.world = None

    def _hear(self, record: logging.LogRecord) -> None:
        """What a background task logs and survives is still a defect, unless the weather did it."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, SleekError | OperationalError):
            self.note(f"logged: {record.getMessage()} {type(error).__name__}: {error}")
            self.surprises.append(f"{record.getMessage()}: {type(error).__name__}: {error}")

    @property
    def is_alone(self) -> bool:
        """Nobody's step is interrupted by the present one."""
        return self._depth <= 0

    # Who acts

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Somebody's turn, on a session of their own; what befalls them is part of life."""
        self._depth += 1
        try:
            with self.sessions.at(self._depth):
                answer = act()
            self.note(f"{name}{'' if answer is None else f': {answer}'}")
        except Crash:
            self.note(f"{name}: died")
        except Violation as violation:
            self.note(f"{name}: {violation}")
            self.violations.append(str(violation))  # whoever called might swallow it
        except SleekError as refusal:
            self.note(f"{name}: {refusal.code}")
        except OperationalError:
            self.note(f"{name}: no database")
        except Exception as error:  # Sleek must not swallow what its caller's caller is to see
            self.note(f"{name}: {type(error).__name__}: {error}")
            self.surprises.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            self._depth -= 1

    def others_act(self, where: str) -> None:
        """Others may take their turn in the middle of somebody's step."""
        if self._depth >= DEEPEST or self.pick_step is None or self.pick_rival is None:
            return
        if self.strikes(f"others_at_{where}"):
            pick = self.pick_rival if where == "statement" else self.pick_step
            self.step(*pick())

    def call(self, channel: str, verb: str, key: str, act: Callable[[], Answer]) -> Answer:
        """A question to a provider, and its answer."""
        http.refuse_in_transaction()
        self.pass_time(self.chance.uniform(0, 3))
        self.others_act("call")
        self._refuse_in_outage(channel)
        self.may_crash("crash_at_call")
        if self.strikes("question_lost"):
            self.note(f"{channel}.{verb} {key}: the question is lost")
            raise NoAnswer("no answer")
        answer = act()
        self.note(f"{channel}.{verb} {key}: {_short(answer)}")
        self.others_act("call")
        self.may_crash("crash_at_call")
        if self.strikes("answer_lost"):
            self.note(f"{channel}.{verb} {key}: the answer is lost")
            raise NoAnswer("no answer")
        return answer

    def _refuse_in_outage(self, channel: str) -> None:
        if self.strikes("outage"):
            self._outages[channel] = self.now + timedelta(hours=self.chance.choice((1, 6, 40)))
            self.note(f"{channel} is down until {self._outages[channel]:%d %H:%M}")
        if not self.is_calm and self._outages.get(channel, self.now) > self.now:
            raise NoAnswer("no answer")

    # What goes wrong

    def strikes(self, what: str) -> bool:
        rate = self.rates[what]
        return not self.is_calm and rate > 0 and self.chance.random() < rate

    def may_fail(self, what: str) -> None:
        if self.strikes(what):
            self.note(f"the database: {what}")
            raise lost()

    def may_crash(self, what: str) -> None:
        if self.strikes(what):
            raise Crash

    # Time

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=round(seconds, 3))

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Something will happen by itself."""
        self._number += 1
        self.later.append((moment, self._number, act))

    def forget(self, act: Callable[[], None]) -> None:
        self.later = [item for item in self.later if item[2] is not act]

    def happen(self) -> int:
        """What was to happen by now does, in order."""
        due = sorted((item for item in self.later if item[0] <= self.now), key=lambda i: i[:2])
        self.later = [item for item in self.later if item[0] > self.now]
        for _, _, act in due:
            act()
        return len(due)

    # What providers tell

    def tell(self, family: Family, trade: Trade) -> None:
        """A notice sets out. One that is the last word on what was called off arrives for certain:
        a provider repeats it, and we promise no more than to hear what is said.
        """
        self._number += 1
        name = f"{trade.key}:{self._number}"
        is_money = trade.received is not None
        if is_money:
            message = Message(name, "paid", report=family.report(trade), key=trade.key)
        else:
            message = Message(name, "approved", key=trade.key)
        if not trade.was_called_off and self.strikes("notice_lost"):
            self.note(f"{family.id}: the notice {trade.key} is lost")
            return
        self._send(family.id, message)

    def _send(self, channel: str, message: Message) -> None:
        for _ in range(3 if self.strikes("notice_again") else 1):
            delay = timedelta(seconds=self.chance.uniform(0, 5))
            if self.strikes("notice_late"):
                delay = LONGEST_DELAY * self.chance.random() ** 3
            self._number += 1
            self.post.append(Parcel(self.now + delay, self._number, channel, message))

    def slip(self, family: Family, trade: Trade) -> None:
        """The payer had just confirmed when the order was closed: the provider has said that it is
        called off, and takes the money all the same.
        """
        trade.was_called_off = True
        if trade.exists and self.strikes("slips"):

            def pay() -> None:
                if trade.received is None:
                    family.take(trade, trade.asked)

            self.at(self.now + timedelta(seconds=self.chance.uniform(1, 600)), pay)

    def follow_gift(self, family: Family, gift: Gift) -> None:
        """What becomes of a refund after the provider has taken the order for it."""
        hours = self.chance.uniform(0, 40)
        if gift.outcome == Outcome.PENDING:
            end = Outcome.FAILED if self.strikes("refund_refused") else Outcome.SUCCEEDED
            self.at(self.now + timedelta(hours=hours), lambda: self._end_gift(family, gift, end))
        elif self.strikes("refund_bounces"):
            bounce = self.now + timedelta(hours=hours)
            self.at(bounce, lambda: self._end_gift(family, gift, Outcome.FAILED))

    def _end_gift(self, family: Family, gift: Gift, outcome: Outcome) -> None:
        gift.outcome = outcome
        self.note(f"{family.id}: refund {gift.key} is {gift.outcome}")
        self._number += 1
        self._send(family.id, Message(f"{gift.key}:{self._number}", "refund", key=gift.key))

    # What is written down

    def note(self, what: str) -> None:
        seconds = (self.now - MORNING).total_seconds()
        self.trace.append(f"{seconds:>11.3f} {'  ' * max(self._depth, 0)}{self.name(what)}")

    def name(self, text: str) -> str:
        """Short names for ids, in the order in which they appear."""
        for word in text.replace(":", " ").replace(",", " ").split():
            kind, _, rest = word.partition("_")
            if kind in ("pay", "att", "ref", "lnk", "inv") and len(rest) == 26:
                if word not in self._names:
                    count = sum(name.startswith(kind) for name in self._names.values())
                    self._names[word] = f"{kind}{count + 1}"
                text = text.replace(word, self._names[word])
        return text


class _Ear(logging.Handler):
    def __init__(self, hear: Callable[[logging.LogRecord], None]) -> None:
        super().__init__(logging.ERROR)
        self.emit = hear  # type: ignore[method-assign,assignment]


@contextmanager
def _heard(hear: Callable[[logging.LogRecord], None]) -> Iterator[None]:
    """Hand on what Sleek logs as an error, and print nothing."""
    logger, ear = logging.getLogger("sleek"), _Ear(hear)
    before = logger.propagate, logger.handlers
    logger.propagate, logger.handlers = False, [ear]
    try:
        yield
    finally:
        logger.propagate, logger.handlers = before


def _short(answer: object) -> str:
    outcome = getattr(answer, "outcome", None)
    return str(outcome) if outcome else type(answer).__name__
