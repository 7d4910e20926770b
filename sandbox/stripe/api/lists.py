"""Stripe's lists: newest first, cursors by id, filters by field."""

from typing import Any

from sandbox.store import Json
from sandbox.stripe.api import params
from sandbox.stripe.errors import StripeError, no_such

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100


def _limit(value: Any, name: str) -> int:
    number = params.integer(value, name)
    if not 1 <= number <= LARGEST_LIMIT:
        message = f"This value must be between 1 and {LARGEST_LIMIT}."
        raise StripeError(message, code="parameter_invalid_integer", param=name)
    return number


PAGING: params.Schema = {
    "limit": _limit,
    "starting_after": params.string,
    "ending_before": params.string,
}
FILTERS: params.Schema = {
    "payment_intent": params.string,
    "charge": params.string,
    "customer": params.string,
    "source": params.string,
    "type": params.string,
    "types": params.ListOf(params.string),
    "currency": params.string,
    "status": params.one_of("open", "complete", "expired"),
    "created": params.moment_range,
    "delivery_success": params.one_of("true", "false"),
}
# Said by Stripe about deliveries, which the sandbox shows on its own page.
IGNORED = frozenset({"delivery_success"})


def page(items: list[Json], given: Json, url: str) -> Json:
    matching = [item for item in items if _matches(item, given)]
    limit = given.get("limit", DEFAULT_LIMIT)
    start, stop = 0, limit
    if "starting_after" in given:
        start = _position(matching, given["starting_after"], "starting_after") + 1
        stop = start + limit
    elif "ending_before" in given:
        stop = _position(matching, given["ending_before"], "ending_before")
        start = max(0, stop - limit)
    # Going backwards, "more" means newer objects before this page.
    has_more = start > 0 if "ending_before" in given else stop < len(matching)
    data = matching[start:stop]
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _matches(item: Json, given: Json) -> bool:
    for name, wanted in given.items():
        if name in PAGING or name in IGNORED or name == "expand":
            continue
        if name == "types" and item["type"] not in wanted:
            return False
        if name == "created" and not _is_within(item["created"], wanted):
            return False
        if name not in ("types", "created") and item.get(name) != wanted:
            return False
    return True


def _is_within(moment: int, bounds: dict[str, int]) -> bool:
    return (
        moment > bounds.get("gt", moment - 1)
        and moment >= bounds.get("gte", moment)
        and moment < bounds.get("lt", moment + 1)
        and moment <= bounds.get("lte", moment)
    )


def _position(items: list[Json], object_id: str, param: str) -> int:
    for index, item in enumerate(items):
        if item["id"] == object_id:
            return index
    raise no_such("object", object_id, param)
