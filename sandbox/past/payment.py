"""What an order tells of each payment, and of what went back of it."""

from dataclasses import dataclass

from sandbox.store import Json

MOST = 1000
FIELDS = frozenset(
    {"reference", "key", "currency", "amount", "at", "payer", "subject", "metadata", "refunds"}
)
FIELDS_OF_REFUND = frozenset({"key", "amount", "at", "metadata"})
LONGEST = 200

Identity = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Refund:
    """`key` is the merchant's number of it; all as in the payment."""

    key: str
    amount: int
    at: float
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class Payment:
    """`reference` is the provider's number, `key` the merchant's; `amount` is in minor units as
    the provider counts them, `at` in seconds of the epoch, `payer` whatever the provider shows of
    one.
    """

    reference: str
    key: str
    currency: str
    amount: int
    at: float
    payer: str
    subject: str
    metadata: dict[str, str]
    refunds: tuple[Refund, ...]

    @property
    def identity(self) -> Identity:
        return self.key, self.reference, self.amount, self.currency


def read(order: Json, now: float) -> list[Payment]:
    """Raises `ValueError` when it makes no sense."""
    given = order.get("payments")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise ValueError(f"payments is a list of 1 to {MOST}")
    payments = [_payment(each, now) for each in given]
    for name in ("key", "reference"):
        if len({getattr(payment, name) for payment in payments}) < len(payments):
            raise ValueError(f"a {name} comes twice")
    return payments


def _payment(given: object, now: float) -> Payment:
    if not isinstance(given, dict):
        raise ValueError("each payment is a JSON object")
    if unknown := set(given) - FIELDS:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    refunds = given.get("refunds", [])
    if not isinstance(refunds, list) or len(refunds) > MOST:
        raise ValueError(f"refunds is a list of at most {MOST}")
    return Payment(
        reference=_text(given, "reference"),
        key=_text(given, "key"),
        currency=_text(given, "currency"),
        payer=_text(given, "payer", default=""),
        subject=_text(given, "subject", default="-"),
        refunds=tuple(_refund(each, now) for each in refunds),
        **_facts(given, now),
    )


def _refund(given: object, now: float) -> Refund:
    if not isinstance(given, dict):
        raise ValueError("each refund is a JSON object")
    if unknown := set(given) - FIELDS_OF_REFUND:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    return Refund(key=_text(given, "key"), **_facts(given, now))


def _facts(given: Json, now: float) -> Json:
    amount, at, metadata = given.get("amount"), given.get("at", 0), given.get("metadata", {})
    if type(amount) is not int or amount <= 0:
        raise ValueError("amount is a whole number of minor units above 0")
    if not isinstance(at, int | float) or not 0 < at <= now:
        raise ValueError("at is a moment of the past, in seconds of the epoch")
    if not isinstance(metadata, dict) or not all(type(each) is str for each in metadata.values()):
        raise ValueError("metadata is an object of texts")
    return {"amount": amount, "at": float(at), "metadata": metadata}


def _text(given: Json, name: str, *, default: str | None = None) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or len(value) > LONGEST or not (value or default == ""):
        raise ValueError(f"{name} is a text of at most {LONGEST} characters")
    return value
