"""A transfer to the merchant's own bank account.

Nobody is asked and nobody calls: what arrived is read on the bank's statement
(`reconciliation.BankLine`). So an open try is pending until its time is over, and closing it only
says that it is no longer waited for; what comes all the same is late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar

from sleek.channels.banktransfer import accounts, references
from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Credential,
    Flow,
    Method,
    NextStep,
    Notice,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Report,
    StatementLine,
    Untrusted,
)
from sleek.core import clock
from sleek.core.money import Money

LIFETIME = timedelta(days=14)  # across borders a week is common, and payers take days to begin
# What else the payer is told of the account, in the order in which banks ask for it.
TOLD = ("holder", "account", "bank", "bank_code", "bank_address", "holder_address")
# An EPC code carries its amount in euros and cents, up to this.
EPC_LARGEST = 999_999_999_99


class BankTransfer:
    id: ClassVar[str] = "banktransfer"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(Method("bank_transfer", (Flow.HERE,), currencies=None, currency_in="currency"),),
        tells_fee=False,
        lifetime=LIFETIME,
        takes_parts=True,
        gives_back=False,
        is_direct=True,
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(404)
    fields: ClassVar[tuple[Credential, ...]] = (
        Credential("holder"),
        Credential("account"),
        Credential("currency"),
        Credential("bank"),
        Credential("bank_code", is_required=False),
        Credential("bank_address", is_required=False),
        Credential("holder_address", is_required=False),
        Credential("virtual_accounts", is_required=False),
    )

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """One account in one currency. Raises `Refused` for what cannot be paid to."""
        self._told = {name: credentials[name] for name in TOLD if credentials.get(name)}
        self._currency = credentials["currency"]
        self._pattern = _pattern(credentials.get("virtual_accounts", ""))
        account = "".join(self._told.get("account", "").split())
        if not account:
            raise Refused("The account has no number.", reason="account")
        if account[:2].isalpha() and account[2:4].isdigit() and not accounts.is_iban(account):
            raise Refused("The IBAN's check digits do not fit.", reason="account")

    def start(self, order: Order) -> NextStep:
        if order.amount.currency != self._currency:
            raise Refused("The account is in another currency.", reason="currency")
        reference = references.of(order.key)
        told = self._told | {"reference": references.shown(reference)}
        if self._pattern:
            told["account"] = told["virtual"] = self._pattern.number(order.key)
        told["account"] = accounts.shown(told["account"])
        if code := _epc(told, order.amount):
            told["qr"] = code
        return NextStep(Flow.HERE, reference=reference, data=told)

    def fetch(self, order: Order) -> Report:
        is_over = order.expires_at <= clock.now()
        return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)

    def cancel(self, order: Order) -> Report:
        return Report(order.key, Outcome.CANCELED)

    def refund(self, order: RefundOrder) -> RefundReport:
        raise Refused("A transfer can only be sent back at the bank.", reason="by_hand")

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        raise Refused("A transfer can only be sent back at the bank.", reason="by_hand")

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        raise Untrusted("A bank account sends no notices.")

    def statement(self, day: date) -> Iterator[StatementLine]:
        raise Refused("The bank's statement is imported.", reason="by_hand")

    def check(self) -> None:
        """The constructor has looked at all that can be known here."""


def _pattern(text: str) -> accounts.Pattern | None:
    if not text.strip():
        return None
    try:
        return accounts.Pattern(text)
    except ValueError as error:
        raise Refused(f"The virtual accounts: {error}.", reason="virtual_accounts") from error


def _epc(told: Mapping[str, str], amount: Money) -> str:
    """What banks' apps in Europe read: the code of the European Payments Council (EPC069-12)."""
    account = "".join(told["account"].split())
    fits = amount.currency == "EUR" and accounts.is_iban(account) and amount.minor <= EPC_LARGEST
    if not fits:
        return ""
    # Version 2: the BIC may be missing inside the EEA.
    lines = ["BCD", "002", "1", "SCT", told.get("bank_code", "").replace(" ", "")]
    lines += [told["holder"][:70], account, f"EUR{amount.decimal:.2f}", "", "", told["reference"]]
    return "\n".join(lines)
