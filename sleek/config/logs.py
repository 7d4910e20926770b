"""Logs are facts with keys: `refund.sent refund=ref_1`. Extra fields follow the event's name."""

from __future__ import annotations

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class FactsFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        facts = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        line = super().formatMessage(record)
        return " ".join([line, *(f"{key}={value}" for key, value in facts.items())])
