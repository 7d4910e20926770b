"""Crowds at a link's page, honest and not, and a book that counts them as the database does.

Nothing here touches a database or a clock: tens of thousands of tries are played in a second.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sleek.risk import rules
from sleek.risk.rules import Action, Count, Counts, Scope, Verdict, Window

ENDINGS = {"won": "wins", "lost": "losses"}


@dataclass(frozen=True, order=True)
class Try:
    """One try at a second `at`; `ends_after` so long its outcome is known, if ever."""

    at: float
    link: str = "link"
    address: str = ""
    device: str = ""
    outcome: str = ""  # "won", "lost", or nothing at all
    ends_after: float = 60


@dataclass
class Book:
    """Slots by name: tries, wins, losses."""

    slots: dict[str, dict[int, Count]] = field(default_factory=dict)

    def counts(self, names: dict[Scope, str], present: int) -> Counts:
        found: dict[tuple[Scope, Window], Count] = {}
        begins = {window: rules.first_slot(present, window) for window in Window}
        for scope, name in names.items():
            slots = self.slots.get(name, {})
            for slot in [slot for slot in slots if slot < begins[Window.HOUR]]:
                del slots[slot]
            for window, begin in begins.items():
                inside = [slot for slot in slots if slot >= begin]
                if inside:
                    found[scope, window] = self._sum(slots, inside)
        return found

    @staticmethod
    def _sum(slots: dict[int, Count], inside: list[int]) -> Count:
        counts = [slots[slot] for slot in inside]
        return Count(
            sum(count.tries for count in counts),
            sum(count.wins for count in counts),
            sum(count.losses for count in counts),
            min(inside),
        )

    def add(self, names: Iterable[str], slot: int, **more: int) -> None:
        for name in names:
            slots = self.slots.setdefault(name, {})
            old = slots.get(slot, Count())
            slots[slot] = Count(
                old.tries + more.get("tries", 0),
                old.wins + more.get("wins", 0),
                old.losses + more.get("losses", 0),
            )


class Ending(NamedTuple):
    """How a try ends, in the order in which it is learned."""

    at: float
    called: int
    outcome: str
    names: tuple[str, ...]
    slot: int


@dataclass
class Story:
    """What came of a crowd: verdicts in order, and when the provider was called for which link."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    calls: list[tuple[float, str]] = field(default_factory=list)

    def most_in_an_hour(self) -> int:
        """Of calls for one link, in any hour that begins with a call."""
        most = 0
        for link in {link for _, link in self.calls}:
            times = sorted(at for at, called in self.calls if called == link)
            begin = 0
            for end, at in enumerate(times):
                while times[begin] <= at - 3600:
                    begin += 1
                most = max(most, end - begin + 1)
        return most


def play(tries: Iterable[Try], *, solves: bool = False, returns_after: float = 0) -> Story:
    """Each try in its turn; how it ended is known `ends_after`. Who is refused may return."""
    book, story = Book(), Story()
    coming = sorted(tries)
    endings: list[Ending] = []
    while coming:
        each = heapq.heappop(coming)
        while endings and endings[0].at <= each.at:
            ended = heapq.heappop(endings)
            book.add(ended.names, ended.slot, **{ENDINGS[ended.outcome]: 1})
        present, names = int(each.at) // rules.SLOT_S, _names(each)
        verdict = rules.decide(Action.PAY, book.counts(names, present)).verdict
        story.verdicts[verdict] += 1
        if verdict == Verdict.ALLOW or (solves and verdict == Verdict.CHALLENGE):
            story.calls.append((each.at, each.link))
            book.add(names.values(), present, tries=1)
            if each.outcome:
                end, called = each.at + each.ends_after, len(story.calls)
                places = tuple(names.values())
                heapq.heappush(endings, Ending(end, called, each.outcome, places, present))
        elif returns_after:
            heapq.heappush(coming, replace(each, at=each.at + returns_after))
    return story


def _names(each: Try) -> dict[Scope, str]:
    return rules.places(Action.PAY, each.link, each.address, each.device)


def payers(
    chance: random.Random,
    *,
    an_hour: float,
    hours: float = 2,
    paid: float = 0.75,
    declined: float = 0.1,
    address: Callable[[], str] = str,
) -> Iterator[Try]:
    """Honest people at a link, each with a device; half a minute to three minutes until paid."""
    at = 0.0
    while (at := at + chance.expovariate(an_hour / 3600)) < hours * 3600:
        die = chance.random()
        outcome = "won" if die < paid else "lost" if die < paid + declined else ""
        yield Try(
            at,
            address=address(),
            device=f"device {at}",
            outcome=outcome,
            ends_after=chance.triangular(20, 180, 60),
        )


def anywhere(chance: random.Random) -> str:
    return ".".join(str(chance.randrange(11, 223)) for _ in range(4))
