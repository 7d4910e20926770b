"""The SDK's requests over our own bounded HTTP, and its errors in our words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from sleek.channels.base import Refused, Short, Unavailable
from sleek.channels.failures import failure_of
from sleek.core import http

logger = logging.getLogger(__name__)

LOCKED_OUT = "authentication"
# The merchant's balance does not cover it, and nothing was made.
SHORT = "balance_insufficient"

# The SDK would write an id of its own into the home directory and send it along.
stripe.enable_telemetry = False

Json = dict[str, Any]


class Wire(stripe.HTTPClient):
    """The SDK's requests over `core.http`: its limits, and its refusal inside a transaction."""

    name = "sleek"

    def __init__(self, client: httpx.Client | None) -> None:
        super().__init__()
        self._client = client

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        request = httpx.Request(method.upper(), url, headers=headers, content=post_data)
        try:
            response = http.send(request, client=self._client)
        except httpx.TransportError:
            raise stripe.APIConnectionError("no answer") from None  # type: ignore[no-untyped-call]
        if not _is_object(response.text):
            # The SDK would take a list or a null for an object and fall over it.
            raise stripe.APIConnectionError("no object")  # type: ignore[no-untyped-call]
        return response.text, response.status_code, response.headers


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def once(key: str, create: Callable[[str], Json], find: Callable[[], Json | None]) -> Json:
    """Make something at Stripe by its idempotency key, one time only however often it is asked for.

    Stripe keeps the first answer to a key for a day, a 500 too. Such a key is given up for a second
    one, but only when nothing is found that was made with it.
    """
    try:
        return create(key)
    except stripe.APIError as error:
        if (error.headers or {}).get("idempotent-replayed") != "true":
            raise
    return find() or create(f"{key}-2")


@contextmanager
def in_our_words() -> Iterator[None]:
    """The SDK's errors as ours. They carry whole replies, so they are not chained."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError):
        message = "Stripe does not accept this secret key, or it may not do this."
        raise Refused(message, reason=LOCKED_OUT) from None
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        said = error.error
        code, decline_code = (error.code or "", (said and said.decline_code) or "")
        reason = decline_code or code or "invalid_request"
        _log(error)
        kind = Short if code == SHORT else Refused
        raise kind(
            error.user_message or "Stripe refused this.",
            reason=reason,
            failure=failure_of("stripe", decline_code, code),
        ) from None
    except stripe.StripeError as error:
        # Also a key in use, or used with other words: what happened to its first request is not
        # said.
        _log(error)
        raise Unavailable("Stripe gave no usable answer.") from None


@contextmanager
def doubtful_when_locked_out() -> Iterator[None]:
    """A key revoked meanwhile says nothing of an earlier request, which may have moved money."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise Unavailable("Stripe no longer accepts this connection's secret key.") from None


def _log(error: stripe.StripeError) -> None:
    facts = {"request": error.request_id, "status": error.http_status, "error": error.code}
    logger.warning("stripe.error", extra=facts)
