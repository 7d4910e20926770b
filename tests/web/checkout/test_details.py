"""What a link asks its payers for, and the terms they agree to."""

from __future__ import annotations

import hashlib

import pytest

from sleek.channels.base import Failure, Outcome, Report
from sleek.core.money import Money
from sleek.links import queries as links
from sleek.links.models import PaymentLink
from sleek.links.queries import Prefill
from sleek.links.rules import Ask, Field, FieldKey
from sleek.merchants.models import Merchant, Terms
from sleek.payments import actions as payments
from sleek.payments.models import Acceptance, Attempt, Payer, Payment
from tests.web.checkout.conftest import Browser, at, card, link_for, words

ASKED = [
    Field(FieldKey.NAME, is_required=True),
    Field(FieldKey.EMAIL, is_required=True),
    Field(FieldKey.PHONE),
    Field(FieldKey.ADDRESS),
    Field(FieldKey.OWN_1, label="Glaze <b>"),
]
GOOD = {"name": "Ama Mensah", "email": "ama@example.com", "phone": "020 7946 0018", "own_1": "blue"}


@pytest.fixture
def asking(shop: Merchant) -> PaymentLink:
    return link_for(shop, Ask.fixed(Money(5000, "USD")), fields=ASKED)


@pytest.fixture
def careful(shop: Merchant) -> PaymentLink:
    write_terms(shop, 1, "Goods are <b>fired</b> to order.")
    return link_for(shop, Ask.fixed(Money(5000, "USD")), asks_terms=True)


def write_terms(shop: Merchant, version: int, text: str) -> Terms:
    return Terms.objects.create(
        merchant=shop,
        version=version,
        text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
        created_by=shop.memberships.get().user,
    )


def test_each_field_says_whether_it_is_needed_and_what_browsers_may_fill_in(
    asking: PaymentLink, payer: Browser
) -> None:
    page = payer.get(at(asking))
    text, body = words(page), page.content.decode()
    for part in ("Name ( required )", "E-mail ( required )", "Phone ( optional )"):
        assert part.replace("( ", "(").replace(" )", ")") in text
    assert "Glaze &lt;b&gt;" in body
    for kind in ("name", "email", "tel", "street-address"):
        assert f'autocomplete="{kind}"' in body


def test_what_was_entered_is_kept_with_the_payment(asking: PaymentLink, payer: Browser) -> None:
    assert payer.choose(at(asking), card(asking.merchant), **GOOD).status_code == 303
    kept = Payer.objects.get()
    assert (kept.name, kept.email, kept.phone) == (
        "Ama Mensah",
        "ama@example.com",
        "+44 20 7946 0018",
    )
    assert kept.own == {"Glaze <b>": "blue"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"name": "   "}, "Please fill this in."),
        ({"email": "ama@"}, "Please enter an e-mail address, like name@example.com."),
        ({"phone": "12"}, "Please enter a phone number with its country code"),
        ({"phone": "call me"}, "Please enter a phone number with its country code"),
        ({"name": "x" * 121}, "Too long: 120 characters fit here."),
        ({"own_1": "x" * 301}, "Too long: 300 characters fit here."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    asking: PaymentLink, payer: Browser, wrong: dict[str, str], said: str
) -> None:
    page = payer.choose(at(asking), card(asking.merchant), **(GOOD | wrong))
    assert (page.status_code, Payment.objects.count()) == (422, 0)
    body = page.content.decode()
    [name] = wrong
    assert said in body.partition(f'id="{name}_error"')[2].partition("</p>")[0]
    for key, text in GOOD.items():
        assert key in wrong or f'value="{text}"' in body


def test_details_survive_a_decline_and_another_try(asking: PaymentLink, payer: Browser) -> None:
    payer.choose(at(asking), card(asking.merchant), **GOOD)
    key = Attempt.objects.get().public_id
    payments.apply_reports([Report(key, Outcome.FAILED, failure=Failure.DECLINED)])
    payment = Payment.objects.get()
    assert payer.choose(at(payment), card(asking.merchant)).status_code == 303
    assert (Payer.objects.get().name, Attempt.objects.count()) == ("Ama Mensah", 2)


def test_a_strangers_details_are_shown_to_nobody_else(asking: PaymentLink, payer: Browser) -> None:
    payer.choose(at(asking), card(asking.merchant), **GOOD)
    assert "Ama" not in words(Browser().get(at(asking)))
    assert "ama@example.com" not in Browser().get(at(asking)).content.decode()


def test_a_prefilled_address_fills_in_the_fields(asking: PaymentLink, payer: Browser) -> None:
    values = {FieldKey.NAME: 'Ama "A" <Mensah>', FieldKey.COMPANY: "not asked for"}
    sealed = links.seal_prefill(asking, Prefill(values))
    body = payer.get(f"{at(asking)}?prefill={sealed}").content.decode()
    assert 'value="Ama &quot;A&quot; &lt;Mensah&gt;"' in body
    assert "not asked for" not in body


# Terms


def test_the_terms_are_readable_in_place_and_at_their_own_address(
    careful: PaymentLink, payer: Browser
) -> None:
    for page in (payer.get(at(careful)), payer.get(at(careful, "terms"))):
        assert (page.status_code, "fired" in words(page)) == (200, True)
        assert "&lt;b&gt;fired" in page.content.decode()


def test_without_agreement_nothing_is_begun(careful: PaymentLink, payer: Browser) -> None:
    answer = payer.choose(at(careful), card(careful.merchant))
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert "Please agree to the terms to go on." in words(answer)


def test_agreement_is_kept_with_text_time_and_address(careful: PaymentLink, payer: Browser) -> None:
    assert payer.choose(at(careful), card(careful.merchant), terms="1").status_code == 303
    kept, terms = Acceptance.objects.get(), Terms.objects.get()
    assert (kept.terms, kept.text_hash, kept.address) == (terms, terms.text_hash, "127.0.0.1")
    assert (kept.created_at.isoformat(), kept.language) == ("2026-03-02T09:00:00+00:00", "en")


def test_agreement_to_an_older_text_is_asked_for_anew(careful: PaymentLink, payer: Browser) -> None:
    write_terms(careful.merchant, 2, "Goods are sold as seen.")
    answer = payer.choose(at(careful), card(careful.merchant), terms="1")
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert "The terms have changed just now." in words(answer)
    assert "sold as seen" in words(answer)


def test_terms_asked_for_later_hold_on_the_payments_page_too(
    shop: Merchant, payer: Browser
) -> None:
    link = link_for(shop, Ask.fixed(Money(5000, "USD")))
    payer.choose(at(link), card(shop))
    payments.apply_reports([Report(Attempt.objects.get().public_id, Outcome.CANCELED)])
    write_terms(shop, 1, "Goods are fired to order.")
    PaymentLink.objects.update(asks_terms=True)
    payment = Payment.objects.get()
    assert "I agree to the terms of Lin Ceramics" in words(payer.get(at(payment)))
    assert payer.choose(at(payment), card(shop)).status_code == 422
    assert Attempt.objects.count() == 1
    assert payer.choose(at(payment), card(shop), terms="1").status_code == 303
    assert (Attempt.objects.count(), Acceptance.objects.count()) == (2, 1)


def test_no_other_door_begins_a_payment_without_agreement(shop: Merchant) -> None:
    from tests import people

    link = link_for(shop, Ask.fixed(Money(5000, "USD")), asks_terms=True)
    write_terms(shop, 1, "Goods are fired to order.")
    payment = payments.open_for_link(link, payments.Visit(language="en"))
    with pytest.raises(payments.TermsNotAccepted):
        people.attempt(payment)
    assert Attempt.objects.count() == 0


def test_a_link_without_terms_has_no_page_of_them(asking: PaymentLink, payer: Browser) -> None:
    assert payer.get(at(asking, "terms")).status_code == 404
