"""The sandbox as it would have been at a moment of the past, for the providers' own verbs: its
clock stands there, nothing is sent, and no timer waits for what is over.
"""

from dataclasses import replace

from sandbox.clock import Clock
from sandbox.deliveries import Deliveries, Notice
from sandbox.store import Store
from sandbox.timers import Timers
from sandbox.world import World


def then(this: World, at: float) -> World:
    return replace(this, clock=_Then(this.store, at), deliveries=_Silent(), timers=_Still())


class _Then(Clock):
    def __init__(self, store: Store, at: float) -> None:
        super().__init__(store)
        self._at = at

    def now(self) -> float:
        return self._at


class _Silent(Deliveries):
    def __init__(self) -> None:
        pass

    def enqueue(self, notice: Notice) -> None:
        pass

    def wake(self) -> None:
        pass


class _Still(Timers):
    def __init__(self) -> None:
        pass

    def at(self, moment: float, kind: str, account: str, subject: str) -> None:
        pass

    def after(self, seconds: float, kind: str, account: str, subject: str) -> None:
        pass
