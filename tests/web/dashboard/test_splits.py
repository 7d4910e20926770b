"""Plans and held money in the office."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Membership
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.splits import actions as splits
from sleek.splits.models import Plan, Portion, Share
from sleek.splits.rules import ShareWish
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor

EMPTY = {"release": "by_hand"}


@pytest.fixture
def owner(db: None, bank: Bank) -> Membership:
    return people.merchant().memberships.get()


@pytest.fixture
def visitor(owner: Membership) -> Visitor:
    return proven(owner)


def proven(owner: Membership) -> Visitor:
    visitor = office.at_work(owner.merchant, "zh-hans")
    office.prove(visitor)
    return visitor


def form(name: str, *rows: dict[str, str]) -> dict[str, str]:
    data = {"name": name, "form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-{key}": text for key, text in (EMPTY | row).items()}
    return data


def test_a_plan_is_made_offered_and_agreed_to(visitor: Visitor, owner: Membership) -> None:
    carrier = people.merchant("Carrier", "carrier@example.com").memberships.get()
    rows: tuple[dict[str, str], ...] = (
        {"percent": "30"},
        {"percent": "12.5", "wallet": carrier.merchant.public_id, "release": "later", "days": "7"},
        {},
    )
    page = visitor.post("/settings/splits/new", form("Tea", *rows), follow=True)
    assert "Carrier" in page.content.decode()
    plan = Plan.objects.get()
    assert list(plan.shares.order_by("pk").values_list("millionths", "release_after_days")) == [
        (300_000, None),
        (125_000, 7),
    ]
    theirs = proven(carrier)
    assert "Lin Ceramics" in theirs.get("/settings/splits").content.decode()
    share = Share.objects.get(beneficiary=carrier.merchant)
    theirs.post(f"/settings/splits/shares/{share.public_id}/accept")
    share.refresh_from_db()
    assert share.accepted_by == carrier.user


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{}], "请至少填写一个份额"),
        ([{"percent": "60"}, {"percent": "50", "wallet": "mer_nobody"}], "没有这个钱包号"),
        ([{"percent": "101"}], "100"),
        ([{"percent": "5", "release": "later"}], "请填写天数"),
        ([{"wallet": "mer_nobody"}], "请填写该钱包的份额"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(
    visitor: Visitor, rows: list[dict[str, str]], said: str
) -> None:
    page = visitor.post("/settings/splits/new", form("Tea", *rows))
    assert said in page.content.decode()
    assert Plan.objects.count() == 0


def test_held_money_is_shown_and_released(visitor: Visitor, owner: Membership, bank: Bank) -> None:
    payment = people.payment(owner.merchant, Money(10_000, "USD"))
    assert payment.link
    plan = splits.create_plan(owner, "Escrow", [ShareWish(300_000)])
    visitor.post(f"/links/{payment.link.public_id}/plan", {"plan": plan.public_id})
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    splits.hold(Payment.objects.get(pk=payment.pk))
    portion = Portion.objects.get()
    for address in ("/wallet/portions", f"/payments/{payment.public_id}"):
        page = visitor.get(address).content.decode()
        assert "30.00" in page
        assert f"/wallet/portions/{portion.public_id}/release" in page
    visitor.post(f"/wallet/portions/{portion.public_id}/release")
    portion.refresh_from_db()
    splits.release_now(portion)
    assert people.held(owner.merchant, "frozen") == 0
    assert "/release" not in visitor.get("/wallet/portions").content.decode()


def test_anothers_plan_is_not_put_on_a_link(visitor: Visitor, owner: Membership) -> None:
    other = people.merchant("Tea", "tea@example.com").memberships.get()
    plan = splits.create_plan(other, "Tea", [ShareWish(1)])
    link = people.link(owner.merchant, Money(100, "USD"))
    answer = visitor.post(f"/links/{link.public_id}/plan", {"plan": plan.public_id})
    assert answer.status_code == 404
    assert not hasattr(link, "plan")
