"""The life of one world: a time in which anything may go wrong, then calm, then the reckoning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sleek.channels.models import Connection
from sleek.ledger import queries as ledger
from sleek.merchants.models import Merchant
from tests.simulation import bills
from tests.simulation.actors import Cast, People, arrange
from tests.simulation.database import Observer, Sessions
from tests.simulation.invariants import check
from tests.simulation.world import Violation, World

TURNS = 40
LOOK_EVERY = 4  # turns
ROUNDS = 400  # of calm: more than any schedule has questions
PAUSES_S = (0, 0, 0, 1, 2, 5, 10, 20, 20, 70)
LEAPS_S = (200, 800, 2000, 8000, 30_000, 90_000)
LEAPS = 0.1  # of the turns
BILLS_EVERY = 8  # worlds: the others have links, and cost half as much


@dataclass(frozen=True)
class Stage:
    """What all worlds share: the sessions, and a merchant with a connection of each family."""

    sessions: Sessions
    observer: Observer
    shop: Merchant
    connections: Sequence[Connection]


def live(stage: Stage, seed: int) -> list[str]:
    """The trace of a world, without a flaw. Raises `Violation`, with the trace up to there."""
    stage.observer.clear()
    world = World(seed, stage.sessions, stage.observer)
    try:
        with world.alive(), world.sessions.at(0):
            scene = bills.arrange if has_bills(seed) else arrange
            cast = scene(world, stage.shop, stage.connections)
            world.pick_step = lambda: cast.pick(world)
            world.pick_rival = lambda: cast.rival(world)
            cast.come(world)
            _storm(world, cast)
            _calm(world, cast)
            _reckon(world, cast)
    except Violation as violation:
        trace = "\n".join(world.trace)
        raise Violation(f"seed {seed}: {violation}\n{trace}\nseed {seed}: {violation}") from None
    return world.trace


def has_bills(seed: int) -> bool:
    return seed % BILLS_EVERY == 3


def _storm(world: World, cast: Cast) -> None:
    assert world.pick_step
    world.is_calm = False
    for turn in range(TURNS):
        pauses = LEAPS_S if world.chance.random() < LEAPS else PAUSES_S
        world.pass_time(world.chance.choice(pauses) * world.chance.random())
        world.happen()
        world.step(*world.pick_step())
        if turn % LOOK_EVERY == 0:
            _look(world, cast)


def _calm(world: World, cast: Cast) -> None:
    """Nothing goes wrong any more; the workers work off what is due, and time leaps to what is
    next.
    """
    world.is_calm, world.pick_step = True, None
    workers, people = cast.workers, cast.people
    routine = dict(workers.steps())
    routine["post"] = workers.deliver
    for _ in range(ROUNDS):
        world.happen()
        while any(parcel.due <= world.now for parcel in world.post):
            world.step("post", workers.deliver)
        due = {name: moment for name, moment in world.observer.due().items() if moment}
        for name, moment in due.items():
            if moment <= world.now:
                world.step(name, routine[name])
        if due and min(due.values()) <= world.now:
            continue
        moments = [*due.values(), *(parcel.due for parcel in world.post)]
        moments += [moment for moment, _, _ in world.later]
        if moments:
            world.now = max(min(moments), world.now) + timedelta(milliseconds=1)
        elif _nobody_decides(world, people):
            return _look(world, cast)
    raise Violation("it comes to rest: it did not")


def _nobody_decides(world: World, people: People) -> bool:
    """The merchant's people have looked at what is stuck or came back, and left it as it is."""
    before = world.observer.look()["refunds"]
    world.step("people ask", people.ask_what_is_stuck)
    world.step("people give back", people.give_back_what_failed)
    world.step("people transfer", people.transfer)
    after = world.observer.look()["refunds"]
    return bool(after == before and not any(world.observer.due().values()))


def _look(world: World, cast: Cast) -> None:
    for flaw in [*world.violations, *(f"no surprise: {each}" for each in world.surprises)]:
        raise Violation(flaw)
    check(world, cast.safety)


def _reckon(world: World, cast: Cast) -> None:
    check(world, cast.safety + cast.liveness)
    if flaws := ledger.verify():
        raise Violation(f"the ledger is whole: {flaws[0]}")
