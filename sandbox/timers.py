"""Things that happen by themselves: an expiry, a delayed payment, a refund that turns out.

A timer is stored, so it survives a restart; what it does is registered by kind.
"""

from collections.abc import Callable

from sandbox.clock import Clock
from sandbox.store import Store

Handler = Callable[[str, str], None]


class Timers:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        self._handlers[kind] = handler

    def at(self, moment: float, kind: str, account: str, subject: str) -> None:
        """Due at a moment on the wall."""
        self._set("wall", moment, kind, account, subject)

    def after(self, seconds: float, kind: str, account: str, subject: str) -> None:
        """Due after so many seconds of the schedule."""
        self._set("tick", self._clock.tick() + seconds, kind, account, subject)

    def fire_due(self) -> int:
        fired = 0
        while due := self._next_due():
            timer_id, kind, account, subject = due
            with self._store.transaction():
                self._store.execute("DELETE FROM timers WHERE id = ?", timer_id)
                self._handlers[kind](account, subject)
            fired += 1
        return fired

    def seconds_to_next(self, at_most: float) -> float:
        wait = at_most
        for row in self._store.rows("SELECT basis, MIN(due) AS due FROM timers GROUP BY basis"):
            if row["basis"] == "wall":
                wait = min(wait, max(0.0, row["due"] - self._clock.now()))
            else:
                wait = min(wait, self._clock.wall_seconds_until(row["due"]))
        return wait

    def _set(self, basis: str, due: float, kind: str, account: str, subject: str) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO timers (basis, due, kind, account, subject)"
            " VALUES (?, ?, ?, ?, ?)",
            basis,
            due,
            kind,
            account,
            subject,
        )

    def _next_due(self) -> tuple[int, str, str, str] | None:
        rows = self._store.rows(
            "SELECT * FROM timers WHERE (basis = 'wall' AND due <= ?) OR"
            " (basis = 'tick' AND due <= ?) ORDER BY id LIMIT 1",
            self._clock.now(),
            self._clock.tick(),
        )
        if not rows:
            return None
        row = rows[0]
        return row["id"], row["kind"], row["account"], row["subject"]
