"""PayPal's report of what it did in a span of time, page by page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sleek.channels.base import Refused, StatementLine, Unavailable
from sleek.channels.paypal import mapping
from sleek.channels.paypal.wire import Wire
from sleek.core.money import InvalidAmount

logger = logging.getLogger(__name__)

PAGE = 500  # lines
MAX_PAGES = 20  # PayPal lists no more than 10,000 lines; of a fuller span each half is asked for
TOO_MUCH = "RESULTSET_TOO_LARGE"
SHORTEST = timedelta(minutes=1)


def lines(wire: Wire, start: datetime, end: datetime) -> Iterator[StatementLine]:
    """Of the time from `start` to before `end`. Raises `Unavailable` or `Refused`."""
    try:
        pages = list(_pages(wire, start, end))
    except Refused as error:
        if error.reason != TOO_MUCH or end - start <= SHORTEST:
            raise
        middle = start + (end - start) // 2
        yield from lines(wire, start, middle)
        yield from lines(wire, middle, end)
        return
    for page in pages:
        listed = page.get("transaction_details")
        for node in listed if isinstance(listed, list) else []:
            line = _line(node)
            if line is not None:
                yield line


def _pages(wire: Wire, start: datetime, end: datetime) -> Iterator[mapping.Node]:
    span = {
        "start_date": _moment(start),
        # PayPal takes both ends in, to the second.
        "end_date": _moment(end - timedelta(seconds=1)),
        "fields": "transaction_info",
        "page_size": PAGE,
    }
    for number in range(1, MAX_PAGES + 1):
        query = urlencode(span | {"page": number})
        page = wire.call("GET", f"/v1/reporting/transactions?{query}")
        yield page
        count = page.get("total_pages")
        if type(count) is not int or number >= count:
            return
    raise Unavailable("PayPal's report has more pages than it says it can have.")


def _line(node: object) -> StatementLine | None:
    try:
        return mapping.statement_line(node) if isinstance(node, dict) else None
    except InvalidAmount as error:
        logger.error("paypal.statement_not_understood", extra={"error": str(error)})
        raise Unavailable("PayPal's report cannot be understood.") from None


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
