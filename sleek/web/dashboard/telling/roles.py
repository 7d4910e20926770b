"""What roles are for and what rights mean, in words, and the table of both."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.merchants.models import Role
from sleek.merchants.rules import RIGHTS, Right

MEANINGS: dict[Role, Promise] = {
    Role.OWNER: _("May do everything, and decides who works here."),
    Role.FINANCE: _("Asks for money, gives it back, records what reached the bank, exports."),
    Role.SALES: _("Asks for money with links and knows the payers. Sees no balances."),
    Role.REVIEWER: _("Sees everything, approves, and moves no money."),
    Role.SUPPORT: _("Helps payers. Sees payments with personal data masked."),
    Role.VIEWER: _("Reads figures. Personal data is masked."),
}

WORDS: dict[Right, Promise] = {
    Right.READ: _("See payments and links"),
    Right.READ_BALANCES: _("See balances and movements"),
    Right.SEE_PERSONAL_DATA: _("See personal data of payers and colleagues"),
    Right.SEE_BANK_DETAILS: _("See bank details"),
    Right.EXPORT: _("Export lists"),
    Right.ASK_FOR_MONEY: _("Create links and ask for money"),
    Right.CUSTOMISE: _("Change brands and the look of pages"),
    Right.ANSWER_PAYERS: _("Answer payers who ask for a new link"),
    Right.APPROVE: _("Approve what others prepared"),
    Right.GIVE_MONEY_BACK: _("Give money back"),
    Right.REVIEW_REFUNDS: _("Approve refunds that others ask for"),
    Right.RECORD_ARRIVALS: _("Record what reached the bank"),
    Right.PAY_FROM_BALANCE: _("Pay others from the wallet"),
    Right.SET_ALERTS: _("Set alerts"),
    Right.CHANGE_SETTINGS: _("Change the business's settings"),
    Right.CHANGE_BANK_DETAILS: _("Change bank details"),
    Right.MANAGE_CHANNELS: _("Connect and disconnect channels"),
    Right.MANAGE_SPLITS: _("Hold payments, and share them with other wallets"),
    Right.MANAGE_TEAM: _("Invite and remove people, change roles"),
    Right.READ_AUDIT: _("Read the audit log"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One right, and for each role whether it has it."""

    word: Promise
    marks: list[tuple[Role, bool]]


def table() -> list[Line]:
    return [Line(WORDS[right], [(role, right in RIGHTS[role]) for role in Role]) for right in Right]


def meanings() -> list[tuple[Role, Promise]]:
    return list(MEANINGS.items())
