"""Refusals: what Sleek will not do, and why, in words that the user can act on."""

from __future__ import annotations

from typing import ClassVar


class SleekError(Exception):
    """A refusal. `code` is stable, for programs; the message is for people and may be lazy text."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: object = "") -> None:
        super().__init__(message)

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else ""


class Conflict(SleekError):
    """Somebody else changed the same thing first; look again and repeat."""

    code = "conflict"
