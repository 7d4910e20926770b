"""Our own codes, the same for every channel: what a connector says without the provider."""

from __future__ import annotations

from sleek.channels.failures.meanings import NO_ANSWER, OVER_LIMIT, REQUEST, SHORT

CODES = {
    NO_ANSWER: "channel_unavailable untrusted",
    REQUEST: "channel_refused channel_error currency",
    OVER_LIMIT: "amount",
    SHORT: "channel_short",
}
