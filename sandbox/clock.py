"""Two clocks: the wall, which dates objects, and the schedule, which can be hurried.

Retries, delays and delayed outcomes are due on the schedule. It runs `scale` times as fast
as the wall and can skip ahead, so that three days of retries fit into one test. Dates that
a merchant chose (an expiry) stay on the wall. What lies behind can be sent further back, so that
yesterday's trade needs no day of waiting.
"""

import json
import time
from typing import Any

from sandbox.store import Store

# The names under which the providers' objects keep the moments that lie behind them.
MOMENTS = frozenset({"at", "paid_at", "created_at", "closed_at", "created", "available_on"})


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store
        kept = store.meta("clock")
        if kept is None:
            self._anchor_tick, self._anchor_wall, self.scale = 0.0, time.time(), 1.0
        else:
            state = json.loads(kept)
            self._anchor_tick = float(state["tick"])
            self._anchor_wall = float(state["wall"])
            self.scale = float(state["scale"])

    def now(self) -> float:
        return time.time()

    def tick(self) -> float:
        """Schedule time in seconds; only differences mean anything."""
        return self._anchor_tick + (time.time() - self._anchor_wall) * self.scale

    def set_scale(self, scale: float) -> None:
        self._anchor(self.tick(), scale)

    def skip(self, seconds: float) -> None:
        self._anchor(self.tick() + seconds, self.scale)

    def wall_seconds_until(self, tick: float) -> float:
        return max(0.0, (tick - self.tick()) / self.scale)

    def _anchor(self, tick: float, scale: float) -> None:
        self._anchor_tick, self._anchor_wall, self.scale = tick, time.time(), scale
        state = {"tick": tick, "wall": self._anchor_wall, "scale": scale}
        self._store.set_meta("clock", json.dumps(state))


def age(store: Store, account: str, seconds: float) -> int:
    """How many objects were moved."""
    moved = 0
    with store.transaction():
        for kind in store.kinds(account):
            for each in store.newest(account, kind):
                store.update(kind, _aged(each, seconds))
                moved += 1
    return moved


def _aged(node: Any, seconds: float) -> Any:
    if isinstance(node, list):
        return [_aged(each, seconds) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: type(value)(value - seconds) if _is_moment(name, value) else _aged(value, seconds)
        for name, value in node.items()
    }


def _is_moment(name: str, value: Any) -> bool:
    return name in MOMENTS and type(value) in (int, float)
