"""Back to the merchant's own site, with a result that it can believe."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.links.rules import Ask
from sleek.merchants import actions as merchants
from sleek.merchants.models import Brand, Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, at, card, link_for, words

GUIDE = Path(__file__).parents[3] / "docs/guide/redirect.md"
SHOP = "https://shop.example/thanks?order=7&status=fake"


def paid(shop: Merchant, bank: Bank, payer: Browser, redirect_url: str = SHOP) -> Payment:
    link = link_for(shop, Ask.fixed(Money(5000, "USD")), redirect_url=redirect_url)
    payer.get(at(link))
    payer.choose(at(link), card(shop))
    payments.apply_reports([bank.pay(Attempt.objects.get().public_id)])
    return Payment.objects.get()


def target(payment: Payment, payer: Browser) -> str:
    found = re.search(
        r'class="button" href="(https://[^"]+)"', payer.get(at(payment)).content.decode()
    )
    return found.group(1).replace("&amp;", "&") if found else ""


def test_the_example_of_the_guide_believes_what_we_sign_and_nothing_else(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    payment = paid(shop, bank, payer)
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    example: dict[str, object] = {}
    exec(code, example)  # our own documentation
    verify, secret = example["verified"], merchants.signing_secret(shop)
    assert callable(verify)
    url = target(payment, payer)
    assert verify(url, secret) == {
        "payment": payment.public_id,
        "status": "succeeded",
        "amount": "5000",
        "currency": "USD",
        "time": "1772442000",
    }
    assert verify(url.replace("amount=5000", "amount=9000"), secret) is None
    assert verify(url, "another secret") is None
    assert verify("https://shop.example/thanks?order=7", secret) is None


def test_the_targets_own_query_stays_but_for_our_names(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    url = target(paid(shop, bank, payer), payer)
    query = parse_qs(urlsplit(url).query)
    assert urlsplit(url).netloc + urlsplit(url).path == "shop.example/thanks"
    assert (query["order"], query["status"]) == (["7"], ["succeeded"])


def test_the_payer_reads_where_it_leads_and_is_taken_there_only_at_first(
    shop: Merchant, bank: Bank, payer: Browser, frozen_clock: FrozenClock
) -> None:
    payment = paid(shop, bank, payer)
    page = payer.get(at(payment))
    assert "Continue to shop.example" in words(page)
    assert "data-onward" in page.content.decode()
    frozen_clock.advance(minutes=6)
    page = payer.get(at(payment))
    assert "Continue to shop.example" in words(page)
    assert "data-onward" not in page.content.decode()


def test_without_one_of_its_own_a_link_has_its_brands(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    Brand.objects.update(redirect_url="https://brand.example/", thank_you="Come\n\nagain <3")
    payment = paid(shop, bank, payer, redirect_url="")
    assert target(payment, payer).startswith("https://brand.example/?amount=5000&")
    assert "Come again &lt;3" in words(payer.get(at(payment)))


@pytest.mark.parametrize("name", ["redirect_url", "next", "return_to", "url"])
def test_nothing_in_the_address_leads_elsewhere(
    shop: Merchant, bank: Bank, payer: Browser, name: str
) -> None:
    payment = paid(shop, bank, payer)
    page = payer.get(at(payment, f"?{name}=https://evil.example/"))
    assert "https://evil.example" not in page.content.decode().replace("https%3A", "")


def test_nothing_is_signed_before_it_is_paid(shop: Merchant, payer: Browser) -> None:
    link = link_for(shop, Ask.fixed(Money(5000, "USD")), redirect_url=SHOP)
    payer.get(at(link))
    payer.choose(at(link), card(shop))
    page = payer.get(at(Payment.objects.get()))
    assert "shop.example" not in page.content.decode()
    assert PaymentLink.objects.get().merchant.signing_secret is None


def test_the_secret_is_made_once_kept_sealed_and_renewed_on_purpose(shop: Merchant) -> None:
    first = merchants.signing_secret(shop)
    shop.refresh_from_db()
    assert merchants.signing_secret(shop) == first
    assert first.encode() not in bytes(shop.signing_secret or b"")
    assert merchants.rewrap_signing_secrets() == 1
    shop.refresh_from_db()
    assert merchants.signing_secret(shop) == first
    second = merchants.renew_signing_secret(shop, by=shop.memberships.get().user)
    shop.refresh_from_db()
    assert (len(second), merchants.signing_secret(shop) == second, second != first) == (
        40,
        True,
        True,
    )
