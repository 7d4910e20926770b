"""Faults that strike every kind of call alike: late answers, none, and refusals by order."""

import asyncio

from starlette.responses import PlainTextResponse, Response

from sandbox.faults import CALL_DELAY_S, HANG_S, Fault, Hangup


async def before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault is None:
        return None
    if fault.kind == "delay":
        await asyncio.sleep(fault.number("seconds", CALL_DELAY_S))
    if fault.kind == "timeout_before":
        return Hangup(fault.number("seconds", HANG_S))
    if fault.kind == "error_500" and not fault.parameters.get("effect"):
        return PlainTextResponse("Internal Server Error", 500)
    return None


def after(fault: Fault | None) -> Response | None:
    """Faults that strike when it has happened: the answer is lost."""
    if fault is None:
        return None
    if fault.kind == "timeout_after":
        return Hangup(fault.number("seconds", HANG_S))
    if fault.kind == "error_500":
        return PlainTextResponse("Internal Server Error", 500)
    return None


def strikes(fault: Fault | None, kind: str) -> bool:
    return fault is not None and fault.kind == kind
