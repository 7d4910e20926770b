"""Stripe's form encoding (`a[b][0]=c`) and the checking of parameters against a schema.

A schema maps names to a check or to a nested schema. A check turns the text into its value
or refuses it by raising, so the rest of the code sees only values Stripe would accept.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.store import Json
from sandbox.stripe.errors import StripeError, not_simulated, unknown_parameter

Check = Callable[[Any, str], Any]
Schema = Mapping[str, "Check | Schema | ListOf"]

MAX_DEPTH = 8
MAX_STRING = 5_000
METADATA_KEYS, METADATA_KEY_CHARS, METADATA_VALUE_CHARS = 50, 40, 500
NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Check | Schema"


def parse(pairs: Iterable[tuple[str, str]]) -> Json:
    tree: Json = {}
    for name, value in pairs:
        match = NAME.match(name)
        path = [match[1], *PART.findall(match[2])] if match else [name]
        if len(path) > MAX_DEPTH:
            raise StripeError(f"Invalid request: {name} is nested too deeply.")
        _place(tree, path, value, name)
    return tree


def check(params: Json, schema: Schema, *, unsupported: frozenset[str] = frozenset()) -> Json:
    return _check_hash(params, schema, "", unsupported)


def string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise StripeError(f"Invalid string: {value}", param=name)
    if value == "":
        raise StripeError(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt"
            f" to unset a parameter; however '{name}' cannot be unset. You should remove"
            f" '{name}' from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=name,
        )
    return limited(MAX_STRING)(value, name)


def limited(chars: int) -> Callable[[Any, str], str]:
    def check_length(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise StripeError(f"Invalid string: {value}", param=name)
        if len(value) > chars:
            raise StripeError(
                f"Invalid string: {value[:8]}...{value[-4:]}; must be at most {chars} characters",
                code="parameter_invalid_string_length" if chars == MAX_STRING else "",
                param=name,
            )
        return value

    return check_length


def integer(value: Any, name: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,18}", value):
        raise StripeError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def positive(value: Any, name: str) -> int:
    number = integer(value, name)
    if number < 1:
        message = "This value must be greater than or equal to 1."
        raise StripeError(message, code="parameter_invalid_integer", param=name)
    return number


def one_of(*choices: str) -> Check:
    def check_choice(value: Any, name: str) -> str:
        if value not in choices:
            shown = ", ".join(choices[:-1]) + f", or {choices[-1]}" if choices[1:] else choices[0]
            raise StripeError(f"Invalid {name}: must be one of {shown}", param=name)
        return str(value)

    return check_choice


def url(value: Any, name: str) -> str:
    text = string(value, name)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise StripeError(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param=name,
        )
    return text


def email(value: Any, name: str) -> str:
    text = string(value, name)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise StripeError(f"Invalid email address: {text}", code="email_invalid", param=name)
    return text


def metadata(value: Any, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise StripeError("Invalid hash", param=name)
    if len(value) > METADATA_KEYS:
        message = f"You can have at most {METADATA_KEYS} metadata keys on an object."
        raise StripeError(message, param=name)
    for key, text in value.items():
        if len(key) > METADATA_KEY_CHARS:
            message = f"Metadata keys must be at most {METADATA_KEY_CHARS} characters long."
            raise StripeError(message, param=name)
        if len(text) > METADATA_VALUE_CHARS:
            message = f"Metadata values can have up to {METADATA_VALUE_CHARS} characters."
            raise StripeError(message, param=f"{name}[{key}]")
    return {key: text for key, text in value.items() if text}


def moment_range(value: Any, name: str) -> Json:
    """`created=N` or `created[gte]=N`: both mean a range here."""
    if isinstance(value, dict):
        return {part: _bound(part, text, f"{name}[{part}]") for part, text in value.items()}
    moment = integer(value, name)
    return {"gte": moment, "lte": moment}


def _bound(part: str, text: Any, name: str) -> int:
    if part not in ("gt", "gte", "lt", "lte"):
        raise unknown_parameter(name)
    return integer(text, name)


def _place(tree: Json, path: list[str], value: str, name: str) -> None:
    node = tree
    for key in path[:-1]:
        node = node.setdefault(key or str(len(node)), {})
        if not isinstance(node, dict):
            raise StripeError(f"Invalid request: conflicting values for {name}.", param=name)
    node[path[-1] or str(len(node))] = value


def _check_hash(params: Any, schema: Schema, prefix: str, unsupported: frozenset[str]) -> Json:
    if not isinstance(params, dict):
        raise StripeError("Invalid object", param=prefix)
    checked: Json = {}
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else key
        rule = schema.get(key)
        if rule is None:
            raise (not_simulated(name) if name in unsupported else unknown_parameter(name))
        checked[key] = _check_value(value, rule, name)
    return checked


def _check_value(value: Any, rule: "Check | Schema | ListOf", name: str) -> Any:
    if isinstance(rule, ListOf):
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise StripeError("Invalid array", param=name)
        ordered = sorted(value, key=int)
        return [_check_value(value[key], rule.item, f"{name}[{key}]") for key in ordered]
    if isinstance(rule, Mapping):
        return _check_hash(value, rule, name, frozenset())
    return rule(value, name)
