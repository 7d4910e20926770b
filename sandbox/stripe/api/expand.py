"""`expand[]`: ids in a reply become the objects they name, to a depth of four."""

from sandbox.store import Json
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import shown
from sandbox.world import World

MAX_DEPTH = 4
KIND_OF_FIELD = {
    ("checkout.session", "payment_intent"): "payment_intent",
    ("payment_intent", "latest_charge"): "charge",
    ("charge", "payment_intent"): "payment_intent",
    ("charge", "balance_transaction"): "balance_transaction",
    ("checkout.session", "customer"): "customer",
    ("payment_intent", "customer"): "customer",
    ("payment_intent", "payment_method"): "payment_method",
    ("refund", "charge"): "charge",
    ("refund", "payment_intent"): "payment_intent",
    ("refund", "balance_transaction"): "balance_transaction",
    ("refund", "failure_balance_transaction"): "balance_transaction",
}


def expand(world: World, account: str, reply: Json, paths: list[str]) -> None:
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH + (parts[0] == "data"):
            message = f"You cannot expand more than {MAX_DEPTH} levels of a property. ({path})"
            raise StripeError(message)
        _expand(world, account, reply, parts, path)


def _expand(world: World, account: str, node: Json, parts: list[str], path: str) -> None:
    if node["object"] == "list":
        if parts[0] != "data" or not parts[1:]:
            raise _refusal(path)
        for item in node["data"]:
            _expand(world, account, item, parts[1:], path)
        return
    field, rest = parts[0], parts[1:]
    kind = _kind(node, field)
    if kind is None:
        raise _refusal(path)
    if isinstance(node.get(field), str):
        found = world.store.get(account, kind, node[field])
        node[field] = shown(found) if found else node[field]
    if rest and isinstance(node.get(field), dict):
        _expand(world, account, node[field], rest, path)


def _kind(node: Json, field: str) -> str | None:
    if (node["object"], field) == ("balance_transaction", "source"):
        return "charge" if str(node["source"]).startswith("ch_") else "refund"
    return KIND_OF_FIELD.get((node["object"], field))


def _refusal(path: str) -> StripeError:
    return StripeError(f"This property cannot be expanded ({path}).", param="expand")
