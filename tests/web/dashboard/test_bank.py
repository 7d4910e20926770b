"""Where customers transfer money to: checked, proven, told to all owners, and never lost."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from sleek.audit.models import Record
from sleek.events.models import Event
from sleek.merchants.models import Membership, Merchant, Role, User
from tests.web.dashboard import office
from tests.web.dashboard.conftest import LIN, Visitor, member

ICBC = {
    "bank_holder": "林氏陶瓷有限公司",
    "bank_name": "中国工商银行",
    "bank_account": "6222 0210 0111 2345 678",
    "bank_code": "1021 0009 9996",
}
KEPT = ("林氏陶瓷有限公司", "中国工商银行", "6222021001112345678", "102100099996")
NONE = ("", "", "", "")


@pytest.fixture
def lin(visitor: Visitor) -> Visitor:
    visitor.force_login(member())
    office.prove(visitor)
    return visitor


def kept() -> tuple[str, ...]:
    shop = Merchant.objects.get()
    return (shop.bank_holder, shop.bank_name, shop.bank_account, shop.bank_code)


def test_what_is_right_is_kept_without_its_gaps_and_shown_again(lin: Visitor) -> None:
    assert lin.post("/settings/bank", ICBC)["Location"] == "/settings/bank"
    assert kept() == KEPT
    page = lin.read("/settings/bank")
    assert 'value="6222021001112345678"' in page


def test_without_a_proof_nothing_is_kept_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.force_login(member())
    page = visitor.post("/settings/bank", ICBC).content.decode()
    assert kept() == NONE
    assert 'name="bank_account" value="6222 0210 0111 2345 678"' in page


WRONG = [
    ("bank_account", "12", "An account number has 5 to 34 digits"),
    ("bank_account", "DE89370400440532013001", "This IBAN has a mistake"),
    ("bank_account", "", "Add the account number, or empty all fields."),
    ("bank_holder", "", "Whose account is it?"),
    ("bank_code", "102100099995", "A CNAPS code has 12 digits"),
    ("bank_code", "DEUTXXFF", "There is no such BIC."),
    ("bank_code", "!", "Enter a BIC"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_what_cannot_be_right_is_refused_beside_its_field(
    lin: Visitor, mailoutbox: list[EmailMessage], field: str, value: str, sentence: str
) -> None:
    page = lin.post("/settings/bank", ICBC | {field: value}).content.decode()
    assert f'id="id_{field}_error"' in page
    assert sentence in page
    assert kept() == NONE
    assert mailoutbox == []


def test_an_account_where_ibans_are_used_is_one(lin: Visitor) -> None:
    Merchant.objects.update(country="DE")
    page = lin.post("/settings/bank", ICBC).content.decode()
    assert "written as an IBAN, which begins with DE." in page
    lin.post("/settings/bank", ICBC | {"bank_account": "DE89 3704 0044 0532 0130 00"})
    assert kept()[2] == "DE89370400440532013000"
    assert 'value="DE89 3704 0044 0532 0130 00"' in lin.read("/settings/bank")


def test_all_owners_and_nobody_else_are_told_without_the_whole_account(
    lin: Visitor, mailoutbox: list[EmailMessage]
) -> None:
    shop = Merchant.objects.get()
    wang = User.objects.create_user("wang@example.com", language="zh-hans")
    Membership.objects.create(user=wang, merchant=shop, role=Role.OWNER)
    office.colleague(shop, Role.FINANCE)
    lin.post("/settings/bank", ICBC)
    lin.post("/settings/bank", ICBC | {"bank_account": "DE89 3704 0044 0532 0130 00"})

    first, _, second, in_chinese = mailoutbox
    assert (first.to, second.to, in_chinese.to) == ([LIN], [LIN], ["wang@example.com"])
    assert "Before: none. From now on: 林* · 中国工商银行 · ****5678 · 102100099996." in first.body
    assert "Before: 林* · 中国工商银行 · ****5678" in second.body
    assert "From now on: 林* · 中国工商银行 · DE****3000" in second.body
    assert "If it was not you" in second.body
    assert "6222021001112345678" not in "".join(str(mail.body) for mail in mailoutbox)
    assert "银行" in in_chinese.subject


def test_the_log_keeps_who_and_what_masked(lin: Visitor) -> None:
    lin.post("/settings/bank", ICBC)
    record = Record.objects.get(action="merchant.bank_details_changed")
    assert record.data["bank_account"] == ["", "****5678"]
    assert record.data["bank_holder"] == ["", "林*"]
    assert record.actor == User.objects.get().public_id
    assert Event.objects.filter(kind="merchant.bank_details_changed").count() == 1


def test_saving_the_same_again_tells_nobody(lin: Visitor, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(2):
        lin.post("/settings/bank", ICBC)
    assert len(mailoutbox) == 1
    assert Record.objects.filter(action="merchant.bank_details_changed").count() == 1


def test_they_can_be_taken_away_again(lin: Visitor) -> None:
    lin.post("/settings/bank", ICBC)
    lin.post("/settings/bank", dict.fromkeys(ICBC, ""))
    assert kept() == NONE


def test_finance_reads_them_and_changes_nothing(lin: Visitor) -> None:
    lin.post("/settings/bank", ICBC)
    finance = office.colleague(Merchant.objects.get(), Role.FINANCE)
    assert "6222021001112345678" in finance.read("/settings/bank")
    assert "Only the owner" in finance.read("/settings/bank")
    assert finance.post("/settings/bank", ICBC | {"bank_name": "Mine"}).status_code == 403
    assert kept() == KEPT


@pytest.mark.parametrize("role", [Role.SALES, Role.SUPPORT, Role.VIEWER])
def test_others_do_not_see_them(lin: Visitor, role: Role) -> None:
    lin.post("/settings/bank", ICBC)
    other = office.colleague(Merchant.objects.get(), role)
    assert other.get("/settings/bank").status_code == 403
    assert 'href="/settings/bank"' not in other.read("/settings")
