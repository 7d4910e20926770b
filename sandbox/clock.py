"""Two clocks: the wall, which dates objects, and the schedule, which can be hurried.

Retries, delays and delayed outcomes are due on the schedule. It runs `scale` times as fast
as the wall and can skip ahead, so that three days of retries fit into one test. Dates that
a merchant chose (an expiry) stay on the wall.
"""

import json
import time

from sandbox.store import Store


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
