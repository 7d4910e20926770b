"""The receipt of a payment."""

from __future__ import annotations

import ctypes
import time

import pypdfium2
import pytest
from django.conf import settings

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt, Payment
from sleek.refunds import actions as refunds
from sleek.web.checkout.outcome import receipt
from tests import people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, at

# Rare names, and words that would be orders if they were markup.
REASONS = [
    "样品费（龘䶮㐂𰻞喆）· Sample fee",
    '#read("/etc/passwd") #sys.inputs *not bold* $x^2$ \\ <label> @ref // no comment',
    "<script>alert(1)</script> {{ x }} {% y %}",
]


def paid(shop: Merchant, bank: Bank, language: str = "en", reason: str = "Sample fee") -> Payment:
    payment = payments.open_for_link(
        people.link(shop, Money(5000, "USD")), Visit(language=language)
    )
    Payment.objects.filter(pk=payment.pk).update(description=reason)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    Attempt.objects.update(payer="Visa •4242")
    return Payment.objects.get(pk=payment.pk)


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    pages.close()
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_says_who_got_what_from_whom_when(shop: Merchant, bank: Bank, payer: Browser) -> None:
    payment = paid(shop, bank)
    answer = payer.get(at(payment, "receipt.pdf"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    text = text_of(answer.content)
    for part in (
        "Receipt Lin Ceramics Received 50.00 USD",
        "Paid for Sample fee",
        "Paid on 2 Mar 2026, 17:00 (GMT+08:00)",
        "Method Bank card Payer Visa •4242",
        f"Payment number {payment.public_id}",
        f"Reference at Till T-{payment.attempts.get().public_id}",
        "This is a receipt. It is not a tax invoice (发票).",
    ):
        assert part in text


def test_it_is_written_in_the_language_of_the_payment(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    text = text_of(payer.get(at(paid(shop, bank, "zh-hans"), "receipt.pdf")).content)
    assert "付款时间 2026年3月2日 17:00（GMT+08:00）" in text
    assert "不是税务发票" in text


@pytest.mark.parametrize("reason", REASONS)
def test_words_come_out_as_they_went_in(
    shop: Merchant, bank: Bank, payer: Browser, reason: str
) -> None:
    text = text_of(payer.get(at(paid(shop, bank, reason=reason), "receipt.pdf")).content)
    assert "".join(reason.split()) in text.replace(" ", "")


LETTERS = {
    "ar": "إيصال",
    "hi": "रसीद",
    "ru": "Квитанция",
    "ja": "領収書",
    "zh-hant": "收據",
    "fr": "Reçu",
}


@pytest.mark.parametrize("language", settings.PAYER_LANGUAGES)
def test_every_language_finds_its_letters(shop: Merchant, bank: Bank, language: str) -> None:
    payment = paid(shop, bank, language)
    made = receipt.pdf(payment, payment.attempts.get())
    text = text_of(made)
    assert set(LETTERS.get(language, "")) <= set(text)
    assert not {"\ufffd", "\x00", "\ufffe"} & set(text)
    assert ("Arabic" in _faces(made)) == (language == "ar")
    assert ("Devanagari" in _faces(made)) == (language == "hi")


def _faces(made: bytes) -> str:
    document = pypdfium2.PdfDocument(made)
    raw = pypdfium2.raw
    names = set()
    for item in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(item.raw)
        buffer = ctypes.create_string_buffer(80)
        raw.FPDFFont_GetBaseFontName(font, buffer, 80)
        names.add(buffer.value.decode())
    document.close()
    return " ".join(sorted(names))


@pytest.mark.parametrize(
    ("language", "currency", "is_written"),
    [
        ("zh-hans", "CNY", True),
        ("zh-hant", "CNY", True),
        ("en", "CNY", False),
        ("zh-hans", "USD", False),
    ],
)
def test_yuan_are_written_in_capitals_for_who_reads_them(
    shop: Merchant, bank: Bank, language: str, currency: str, is_written: bool
) -> None:
    link = people.link(shop, Money(168032, currency))
    payment = payments.open_for_link(link, Visit(language=language))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    paper = receipt.pdf(Payment.objects.get(), Attempt.objects.get())

    assert ("人民币壹仟陆佰捌拾元零叁角贰分" in text_of(paper)) == is_written


def test_there_is_none_before_the_payment_succeeded(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    payment = people.payment(shop, Money(5000, "USD"))
    people.attempt(payment)
    assert payer.get(at(payment, "receipt.pdf")).status_code == 404


def test_what_was_refunded_since_is_said(shop: Merchant, bank: Bank, payer: Browser) -> None:
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, Money(2000, "USD"), reason="other")
    refunds.check(refund)
    text = text_of(payer.get(at(payment, "receipt.pdf")).content)
    assert "Refunded since 20.00 USD" in text


def test_it_is_drawn_fast_and_always_the_same(shop: Merchant, bank: Bank) -> None:
    payment = paid(shop, bank)
    attempt = payment.attempts.get()
    first = receipt.pdf(payment, attempt)
    began = time.perf_counter()
    assert receipt.pdf(payment, attempt) == first
    assert time.perf_counter() - began < 0.1
