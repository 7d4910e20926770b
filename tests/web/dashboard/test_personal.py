"""What Sleek knows of a person: handed out to them, masked for others, and erased on their wish."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants import actions as merchants
from sleek.merchants.actions import StillNeeded
from sleek.merchants.models import Consent, Merchant, User
from sleek.merchants.rules import RIGHTS, Right
from sleek.payments import actions as payments
from sleek.payments.actions.payers import Answers
from sleek.payments.models import Attempt, Payment, SavedMethod
from sleek.refunds import actions as refunds
from sleek.refunds.models import BankAccount, Claim
from sleek.refunds.rules import RefundReason
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import LIN, PASSWORD, Visitor, browser, member, person

DATA = "/settings/data"


def proven(user: User) -> Visitor:
    visitor = browser()
    visitor.force_login(user)
    office.prove(visitor)
    return visitor


# One's own


def test_a_person_reads_all_that_is_known_of_them_and_nothing_secret(visitor: Visitor) -> None:
    user = member()
    visitor.force_login(user)
    answer = visitor.get(f"{DATA}.json")
    known = json.loads(answer.content)
    assert known["account"]["email"] == LIN
    assert [place["merchant__name"] for place in known["memberships"]] == ["Lin Ceramics"]
    assert [one["email"] for one in known["email_addresses"]] == [LIN]
    assert {act["action"] for act in known["acts"]} >= {"user.signed_up", "merchant.created"}
    assert user.password not in answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]


def test_what_a_person_left_as_a_payer_is_told_them_too(bank: Bank, visitor: Visitor) -> None:
    user = member()
    shop = people.merchant("Wei Tea", "wei@example.com")
    payment = office.paid(shop)
    payments.note_payer(payment, Answers(name="Lin Mei", email=LIN.upper()))
    [refund] = refunds.promise(payment, payment.money, reason=RefundReason.OTHER)
    claim = Claim(merchant=shop, refund=refund, expires_at=clock.now(), filled_at=clock.now())
    claim.seal(BankAccount("Lin Mei", "DE", "DE89370400440532013000", bank="Commerzbank"))
    claim.save()
    for index, email in enumerate((LIN, "anna@example.com")):
        attempt = office.paid(shop).attempts.get()
        _saved(attempt, f"Visa •{index}242", email)
    visitor.force_login(user)
    known = json.loads(visitor.get(f"{DATA}.json").content)
    [card] = known["saved_cards"]
    assert (card["merchant__name"], card["hint"]) == ("Wei Tea", "Visa •0242")
    assert (card["email"], card["address"]) == (LIN, "192.0.2.7")
    [account] = known["refund_accounts"]
    assert (account["holder"], account["account"]) == ("L*** M***", "DE****3000")
    assert account["refund"] == refund.public_id
    EmailAddress.objects.filter(email=LIN).update(verified=False)
    known = json.loads(visitor.get(f"{DATA}.json").content)
    assert (known["saved_cards"], known["refund_accounts"]) == ([], [])


def test_erasing_forgets_the_cards_that_were_saved(db: None, bank: Bank) -> None:
    user, shop = person(), people.merchant("Wei Tea", "wei@example.com")
    saved = _saved(office.paid(shop).attempts.get(), "Visa •4242", LIN)
    proven(user).post(f"{DATA}/erase")
    saved.refresh_from_db()
    assert (saved.hint, saved.email, saved.address) == ("", "", None)
    assert saved.revoked_at


def _saved(attempt: Attempt, hint: str, email: str) -> SavedMethod:
    return SavedMethod.objects.create(
        merchant=attempt.payment.merchant,
        attempt=attempt,
        connection=attempt.connection,
        hint=hint,
        email=email,
        address="192.0.2.7",
        text_hash="a" * 64,
        language="en",
    )


def test_others_do_not_stand_in_it(visitor: Visitor) -> None:
    member("chen@example.com")
    visitor.force_login(person())
    assert "chen@" not in visitor.read(f"{DATA}.json")


def test_who_works_nowhere_may_erase_the_account(db: None) -> None:
    user = person()
    assert proven(user).post(f"{DATA}/erase")["Location"] == "/"
    user.refresh_from_db()
    assert (user.email, user.name, user.is_active) == (
        f"{user.public_id}@erased.invalid",
        "",
        False,
    )
    assert not EmailAddress.objects.exists()
    assert not Consent.objects.exists()
    assert Record.objects.latest("pk").action == "user.erased"


def test_an_erased_account_lets_nobody_in_and_its_address_is_free(db: None) -> None:
    user = person()
    elsewhere = browser()
    elsewhere.log_in()
    assert elsewhere.is_inside
    proven(user).post(f"{DATA}/erase")
    assert elsewhere.get(DATA)["Location"].startswith("/account/log-in")
    assert "do not match" in browser().log_in()
    mail.outbox.clear()
    assert browser().sign_up(LIN, PASSWORD) == "/account/waiting"
    assert "verify" in mail.outbox[0].subject
    assert User.objects.count() == 2


def test_who_still_works_somewhere_keeps_the_account(db: None) -> None:
    user = member()
    page = proven(user).post(f"{DATA}/erase", follow=True).content.decode()
    assert "Leave every workspace first" in page
    user.refresh_from_db()
    assert (user.email, user.is_active) == (LIN, True)


def test_the_operator_cannot_erase_themselves(db: None) -> None:
    user = person()
    User.objects.update(is_operator=True)
    with pytest.raises(StillNeeded):
        merchants.erase_account(user)
    assert EmailAddress.objects.count() == 1


def test_erasing_asks_for_a_proof(visitor: Visitor) -> None:
    user = person()
    visitor.force_login(user)
    visitor.post(f"{DATA}/erase")
    assert visitor.get(f"{DATA}/erase").status_code == 405
    user.refresh_from_db()
    assert user.is_active


# Payers'


@pytest.fixture
def paid(db: None, bank: object) -> Payment:
    payment = office.paid(people.merchant(), Money(5000, "USD"))
    answers = Answers(
        name="Anna Schmidt",
        company="Schmidt GmbH",
        email="anna@schmidt.example",
        phone="+4915112345678",
        po_number="PO-7",
        address="Hauptstr. 1, Bonn",
        own={"Colour": "=blue"},
    )
    payments.note_payer(payment, answers)
    return payment


SHOWN = ["Anna Schmidt", "anna@schmidt.example", "+4915112345678", "Hauptstr. 1, Bonn", "=blue"]
MASKED = ["A*** S***", "a***@schmidt.example", "+49 151****5678"]


@pytest.mark.parametrize("role", ["finance", "sales", "reviewer"])
def test_roles_with_the_right_see_the_payer_whole(paid: Payment, role: str) -> None:
    page = office.colleague(paid.merchant, role).read(f"/payments/{paid.public_id}")
    assert [text for text in SHOWN if text not in page] == []


@pytest.mark.parametrize("role", ["support", "viewer"])
def test_the_others_see_too_little_to_reach_anybody(paid: Payment, role: str) -> None:
    page = office.colleague(paid.merchant, role).read(f"/payments/{paid.public_id}")
    assert [text for text in SHOWN if text in page] == []
    assert [text for text in [*MASKED, "Schmidt GmbH", "PO-7"] if text not in page] == []


def test_the_file_follows_the_same_right(paid: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    def file(visitor: Visitor) -> str:
        answer = visitor.get("/payments.csv")
        return answer.getvalue().decode()

    visitor = office.colleague(paid.merchant, "sales")
    assert "anna@schmidt.example" in file(visitor)
    monkeypatch.setitem(RIGHTS, "sales", RIGHTS["sales"] - {Right.SEE_PERSONAL_DATA})
    masked = file(visitor)
    assert "anna@schmidt.example" not in masked
    assert "a***@schmidt.example" in masked


def test_a_shop_without_answers_shows_no_card(db: None, bank: object) -> None:
    shop: Merchant = people.merchant()
    payment = office.paid(shop, Money(5000, "USD"))
    assert "What the payer entered" not in office.at_work(shop).read(
        f"/payments/{payment.public_id}"
    )
