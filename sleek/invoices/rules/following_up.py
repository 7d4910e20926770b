"""Asking after a bill that was sent: did it arrive, is it right, when will it be paid?"""

from __future__ import annotations

from enum import StrEnum

ASK_AFTER_WORKING_DAYS = 1  # of the payer's country, after sending and after a promise


class Answer(StrEnum):
    RECEIVED = "received"  # and right
    WRONG = "wrong"
    PROMISED = "promised"  # by a day
    SETTLED = "settled"  # nobody had to ask any more


ANSWERS = (Answer.RECEIVED, Answer.WRONG, Answer.PROMISED)
