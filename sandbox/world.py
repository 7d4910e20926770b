"""The parts of one running sandbox, put together once and passed around."""

import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from sandbox.clock import Clock
from sandbox.deliveries import Deliveries
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.store import Store
from sandbox.timers import Timers

ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class World:
    home: Path
    store: Store
    clock: Clock
    faults: Faults
    journal: Journal
    timers: Timers
    deliveries: Deliveries
    # Idempotency keys of requests that are being worked on right now.
    in_flight: set[tuple[str, str]] = field(default_factory=set)


def build(home: Path) -> World:
    store = Store(home / "sandbox" / "sandbox.sqlite3")
    clock, faults, journal = Clock(store), Faults(store), Journal(store)
    timers = Timers(store, clock)
    deliveries = Deliveries(store, clock, faults, journal, timers)
    return World(home, store, clock, faults, journal, timers, deliveries)


def of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def base_url(request: Request) -> str:
    """The address the caller reached us by, which links to our pages must carry on."""
    return f"{request.url.scheme}://{request.url.netloc}"


def token(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def digits(length: int) -> str:
    return "".join(secrets.choice(string.digits) for _ in range(length))
