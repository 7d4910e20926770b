"""How providers' words and numbers become ours: tables, and properties of amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.alipay import mapping as alipay
from sleek.channels.base import Failure, Movement, Outcome, Refused, Short, Unavailable
from sleek.channels.failures import failure_of
from sleek.channels.paypal import currencies as paypal_currencies
from sleek.channels.paypal import mapping as paypal
from sleek.channels.stripe import currencies
from sleek.channels.stripe import mapping as stripe
from sleek.channels.unionpay import mapping as unionpay
from sleek.core.money import InvalidAmount, Money, exponent

# Stripe's integer for an amount, written by hand from its own documentation.
RAW = [
    ("50.00", "USD", 5000),
    ("50.00", "CNY", 5000),
    ("500", "JPY", 500),
    ("9000", "KRW", 9000),
    ("120000", "VND", 120000),
    ("12.340", "KWD", 12340),
    ("1.230", "BHD", 1230),
    ("5", "ISK", 500),
    ("5000", "UGX", 500000),
    ("200.00", "MGA", 200),
    ("10.45", "HUF", 1045),
    ("800.45", "TWD", 80045),
]


@pytest.mark.parametrize(("text", "currency", "raw"), RAW)
def test_stripe_is_asked_for_its_own_units(text: str, currency: str, raw: int):
    amount = Money.parse(text, currency)
    assert currencies.to_raw(amount) == raw
    assert currencies.from_raw(raw, currency.lower()) == amount


@pytest.mark.parametrize(("minor", "currency"), [(1234, "KWD"), (12345, "MGA"), (100, "IRR")])
def test_what_stripe_cannot_express_is_refused(minor: int, currency: str):
    with pytest.raises(InvalidAmount):
        currencies.to_raw(Money(minor, currency))


@pytest.mark.parametrize(
    ("raw", "currency"),
    [(550, "isk"), (1, "ugx"), (None, "usd"), (True, "usd"), (1.0, "usd"), (1, None), (1, "xxx")],
)
def test_what_stripe_may_not_say_is_not_rounded(raw: Any, currency: Any):
    with pytest.raises(InvalidAmount):
        currencies.from_raw(raw, currency)


CURRENCIES = st.sampled_from(sorted(currencies.CURRENCIES))


@given(CURRENCIES, st.integers(0, 10**9))
def test_an_amount_comes_back_from_stripe_as_it_went(currency: str, minor: int):
    amount = Money(minor, currency)
    try:
        raw = currencies.to_raw(amount)
    except InvalidAmount:
        assert currency in {"BHD", "JOD", "KWD", "OMR", "TND", "MGA"}
        return
    assert currencies.from_raw(raw, currency.lower()) == amount
    # The value in major units is the same on both sides, whoever counts how.
    assert Decimal(raw).scaleb(-currencies.DECIMALS[currency]) == amount.decimal


@given(CURRENCIES)
def test_limits_are_amounts_that_stripe_takes(currency: str):
    limit = currencies.MAXIMUM[currency]
    most = Money(limit - limit % 10 if exponent(currency) == 3 else limit, currency)
    assert 0 < currencies.LARGEST_RAW - currencies.to_raw(most) + 1 <= 100
    assert currencies.MINIMUM.get(currency, 1) < most.minor


@given(st.integers(1, 10**10))
def test_an_amount_comes_back_from_alipay_as_it_went(minor: int):
    amount = Money(minor, "CNY")
    text = alipay.yuan(amount)
    assert text == f"{minor // 100}.{minor % 100:02d}"
    assert alipay.money(text) == amount


STRIPE_FAILURES = [
    ("card_declined", "insufficient_funds", Failure.INSUFFICIENT_FUNDS),
    ("card_declined", "generic_decline", Failure.DECLINED),
    ("card_declined", "do_not_honor", Failure.DECLINED),
    ("card_declined", "card_velocity_exceeded", Failure.LIMIT),
    ("card_declined", "withdrawal_count_limit_exceeded", Failure.LIMIT),
    ("card_declined", "lost_card", Failure.CAREFUL),
    ("card_declined", "stolen_card", Failure.CAREFUL),
    ("card_declined", "pickup_card", Failure.CAREFUL),
    ("card_declined", "fraudulent", Failure.CAREFUL),
    ("card_declined", "authentication_required", Failure.AUTHENTICATION),
    ("card_declined", "issuer_not_available", Failure.PROVIDER),
    ("expired_card", "expired_card", Failure.EXPIRED_CARD),
    ("incorrect_cvc", "incorrect_cvc", Failure.ENTRY_WRONG),
    ("processing_error", "processing_error", Failure.PROVIDER),
    ("payment_intent_authentication_failure", "", Failure.AUTHENTICATION),
    ("card_declined", "a_reason_of_next_year", Failure.DECLINED),
    ("card_declined", "", Failure.DECLINED),
    ("an_error_of_next_year", "a_reason_of_next_year", Failure.UNKNOWN),
    ("", "", Failure.UNKNOWN),
]


@pytest.mark.parametrize(("code", "decline_code", "failure"), STRIPE_FAILURES)
def test_stripes_reasons_in_our_words(code: str, decline_code: str, failure: Failure):
    assert failure_of("stripe", decline_code, code) == failure


ALIPAY_FAILURES = [
    ("ACQ.BUYER_BALANCE_NOT_ENOUGH", Failure.INSUFFICIENT_FUNDS),
    ("ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", Failure.LIMIT),
    ("ACQ.TOTAL_FEE_EXCEED", Failure.LIMIT),
    ("ACQ.PAYMENT_REQUEST_HAS_RISK", Failure.CAREFUL),
    ("ACQ.PAYMENT_FAIL", Failure.DECLINED),
    ("ACQ.PAYMENT_AUTH_CODE_INVALID", Failure.ENTRY_WRONG),
    ("ACQ.SELLER_BEEN_BLOCKED", Failure.PROVIDER),
    ("isv.invalid-signature", Failure.PROVIDER),
    ("ACQ.SOMETHING_OF_NEXT_YEAR", Failure.UNKNOWN),
    ("", Failure.UNKNOWN),
]


@pytest.mark.parametrize(("sub_code", "failure"), ALIPAY_FAILURES)
def test_alipays_reasons_in_our_words(sub_code: str, failure: Failure):
    assert failure_of("alipay", sub_code) == failure


# status, payment_status, status of the intent, outcome
SESSIONS = [
    ("open", "unpaid", None, Outcome.PENDING),
    ("open", "unpaid", "requires_payment_method", Outcome.PENDING),
    ("open", "unpaid", "requires_action", Outcome.PENDING),
    ("open", "paid", "succeeded", Outcome.PENDING),
    ("complete", "paid", "succeeded", Outcome.SUCCEEDED),
    ("complete", "unpaid", "processing", Outcome.PROCESSING),
    ("complete", "unpaid", "requires_payment_method", Outcome.FAILED),
    ("complete", "unpaid", "canceled", Outcome.FAILED),
    ("complete", "unpaid", None, Outcome.PENDING),
    ("complete", "no_payment_required", None, Outcome.PENDING),
    ("expired", "unpaid", None, Outcome.CANCELED),
    ("expired", "unpaid", "canceled", Outcome.CANCELED),
    ("dreaming", "paid", "succeeded", Outcome.PENDING),
    ("complete", "dreaming", "succeeded", Outcome.PENDING),
]


@pytest.mark.parametrize(("status", "payment_status", "intent", "outcome"), SESSIONS)
def test_what_a_checkout_session_means(
    status: str, payment_status: str, intent: str | None, outcome: Outcome
):
    thing = {
        "id": "cs_1",
        "metadata": {"sleek_attempt": "att_1"},
        "status": status,
        "payment_status": payment_status,
        "amount_total": 5000,
        "currency": "usd",
        "payment_intent": intent and {"status": intent, "amount_received": 4999, "currency": "eur"},
    }
    report = stripe.report(thing)
    assert (report.key, report.reference, report.outcome) == ("att_1", "cs_1", outcome)
    # What was received, not what was asked.
    assert report.amount == (Money(4999, "EUR") if outcome == Outcome.SUCCEEDED else None)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("pending", Outcome.PENDING),
        ("requires_action", Outcome.PENDING),
        ("succeeded", Outcome.SUCCEEDED),
        ("failed", Outcome.FAILED),
        ("canceled", Outcome.FAILED),
        ("dreaming", Outcome.PENDING),
    ],
)
def test_what_a_refund_at_stripe_means(status: str, outcome: Outcome):
    refund = {"id": "re_1", "status": status, "amount": 300, "currency": "usd"}
    report = stripe.refund_report(refund | {"metadata": {"sleek_refund": "ref_1"}})
    assert (report.key, report.reference) == ("ref_1", "re_1")
    assert (report.outcome, report.amount) == (outcome, Money(300, "USD"))


PAID_AT = "2026-03-02 17:00:00"
TRADES = [
    ("WAIT_BUYER_PAY", None, Outcome.PENDING),
    ("TRADE_SUCCESS", PAID_AT, Outcome.SUCCEEDED),
    ("TRADE_FINISHED", PAID_AT, Outcome.SUCCEEDED),
    ("TRADE_CLOSED", None, Outcome.CANCELED),
    ("TRADE_CLOSED", PAID_AT, Outcome.SUCCEEDED),
    ("TRADE_CLOSED", "never", Outcome.CANCELED),
    ("TRADE_DREAMED_OF", PAID_AT, Outcome.PENDING),
]


@pytest.mark.parametrize(("status", "paid_at", "outcome"), TRADES)
def test_what_a_trade_at_alipay_means(status: str, paid_at: str | None, outcome: Outcome):
    trade = {"out_trade_no": "att_1", "trade_no": "2026", "trade_status": status}
    report = alipay.report(trade | {"total_amount": "88.80", "send_pay_date": paid_at})
    assert report.outcome == outcome
    assert report.amount == (Money(8880, "CNY") if outcome == Outcome.SUCCEEDED else None)


# code of the order, outcome before its end, and after; and of a refund
ORDERS = [
    ("00", Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.SUCCEEDED),
    ("A6", Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.SUCCEEDED),
    ("05", Outcome.PENDING, Outcome.CANCELED, Outcome.PENDING),
    ("34", Outcome.PENDING, Outcome.CANCELED, Outcome.PENDING),
    ("70", Outcome.PENDING, Outcome.CANCELED, Outcome.PENDING),
    ("64", Outcome.PENDING, Outcome.FAILED, Outcome.FAILED),
    ("65", Outcome.PENDING, Outcome.FAILED, Outcome.FAILED),
    ("45", Outcome.PENDING, Outcome.PENDING, Outcome.FAILED),
    ("03", Outcome.PENDING, Outcome.PENDING, Outcome.PENDING),
    ("04", Outcome.PENDING, Outcome.PENDING, Outcome.PENDING),
    ("42", Outcome.PENDING, Outcome.PENDING, Outcome.PENDING),
    ("of next year", Outcome.PENDING, Outcome.PENDING, Outcome.PENDING),
    ("", Outcome.PENDING, Outcome.PENDING, Outcome.PENDING),
]


@pytest.mark.parametrize(("code", "before", "after", "of_refund"), ORDERS)
def test_what_an_order_at_unionpay_means(
    code: str, before: Outcome, after: Outcome, of_refund: Outcome
):
    told = {"origRespCode": code, "txnAmt": "8880", "currencyCode": "156"}
    for is_over, outcome in ((False, before), (True, after)):
        report = unionpay.report(told, "att_1", is_over=is_over)
        assert report.outcome == outcome
        assert report.amount == (Money(8880, "CNY") if outcome == Outcome.SUCCEEDED else None)
    assert unionpay.refund_report(told, "ref_1", code).outcome == of_refund


UNIONPAY_FAILURES = [
    ("61", Failure.ENTRY_WRONG),
    ("64", Failure.INSUFFICIENT_FUNDS),
    ("33", Failure.LIMIT),
    ("67", Failure.LIMIT),
    ("60", Failure.DECLINED),
    ("62", Failure.DECLINED),
    ("63", Failure.CAREFUL),
    ("38", Failure.CAREFUL),
    ("71", Failure.AUTHENTICATION),
    ("73", Failure.EXPIRED_CARD),
    ("11", Failure.PROVIDER),
    ("of next year", Failure.UNKNOWN),
]


@pytest.mark.parametrize(("code", "failure"), UNIONPAY_FAILURES)
def test_unionpays_reasons_in_our_words(code: str, failure: Failure):
    assert failure_of("unionpay", code) == failure


@pytest.mark.parametrize(
    ("digits", "number"),
    [("", "156"), ("88.80", "156"), ("-1", "156"), ("1" * 13, "156"), ("１", "156"), ("1", "CNY")],
)
def test_what_unionpay_may_not_say_is_no_amount(digits: str, number: str):
    with pytest.raises(InvalidAmount):
        unionpay.money(digits, number)


def test_unionpay_counts_in_the_currencys_own_units():
    assert unionpay.money("8880", "840") == Money(8880, "USD")
    assert unionpay.money("500", "392") == Money(500, "JPY")


def test_beijing_is_eight_hours_ahead():
    moment = alipay.moment(PAID_AT)
    assert moment is not None
    assert moment.isoformat() == "2026-03-02T17:00:00+08:00"
    assert alipay.beijing(moment) == PAID_AT


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("zh-hans", "zh"),
        ("zh-Hant", "zh-TW"),
        ("pt-br", "pt-BR"),
        ("fr-CH", "fr"),
        ("sw", "auto"),
    ],
)
def test_stripes_name_of_a_language(language: str, locale: str):
    assert stripe.locale(language) == locale


# status of the order, its intent, status of its capture, outcome
PAYPAL_ORDERS = [
    ("CREATED", "CAPTURE", None, Outcome.PENDING),
    ("PAYER_ACTION_REQUIRED", "CAPTURE", None, Outcome.PENDING),
    ("APPROVED", "CAPTURE", None, Outcome.PENDING),
    ("APPROVED", "AUTHORIZE", None, Outcome.CANCELED),
    ("VOIDED", "CAPTURE", None, Outcome.CANCELED),
    ("COMPLETED", "CAPTURE", "COMPLETED", Outcome.SUCCEEDED),
    ("COMPLETED", "CAPTURE", "PARTIALLY_REFUNDED", Outcome.SUCCEEDED),
    ("COMPLETED", "CAPTURE", "REFUNDED", Outcome.SUCCEEDED),
    ("COMPLETED", "CAPTURE", "PENDING", Outcome.PROCESSING),
    ("COMPLETED", "CAPTURE", "DECLINED", Outcome.FAILED),
    ("COMPLETED", "CAPTURE", "FAILED", Outcome.FAILED),
    ("COMPLETED", "CAPTURE", "DREAMED_OF", Outcome.PENDING),
    ("COMPLETED", "CAPTURE", None, Outcome.PENDING),
    ("DREAMING", "CAPTURE", "COMPLETED", Outcome.SUCCEEDED),
]


@pytest.mark.parametrize(("status", "intent", "captured", "outcome"), PAYPAL_ORDERS)
def test_what_an_order_at_paypal_means(
    status: str, intent: str, captured: str | None, outcome: Outcome
):
    asked = {"currency_code": "USD", "value": "50.00"}
    taken = {"id": "C1", "status": captured, "amount": {"currency_code": "EUR", "value": "49.99"}}
    payments = {"captures": [taken]} if captured else {}
    unit = {"custom_id": "att_1", "amount": asked, "payments": payments}
    thing = {"id": "O1", "status": status, "intent": intent, "purchase_units": [unit]}
    report = paypal.report(thing)
    assert (report.key, report.reference, report.outcome) == ("att_1", "O1", outcome)
    # What was captured, not what was asked.
    assert report.amount == (Money(4999, "EUR") if outcome == Outcome.SUCCEEDED else None)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("COMPLETED", Outcome.SUCCEEDED),
        ("PENDING", Outcome.PENDING),
        ("FAILED", Outcome.FAILED),
        ("CANCELLED", Outcome.FAILED),
        ("DREAMED_OF", Outcome.PENDING),
    ],
)
def test_what_a_refund_at_paypal_means(status: str, outcome: Outcome):
    refund = {"id": "R1", "custom_id": "ref_1", "status": status}
    report = paypal.refund_report(refund | {"amount": {"currency_code": "USD", "value": "3.00"}})
    assert (report.key, report.reference, report.outcome) == ("ref_1", "R1", outcome)


PAYPAL_ERRORS = [
    (500, {"name": "INTERNAL_SERVER_ERROR"}, "", Unavailable, None),
    (503, {}, "", Unavailable, None),
    (429, {"name": "RATE_LIMIT_REACHED"}, "", Unavailable, None),
    (409, {"name": "RESOURCE_CONFLICT"}, "PREVIOUS_REQUEST_IN_PROGRESS", Unavailable, None),
    (422, {"name": "UNPROCESSABLE_ENTITY"}, "PREVIOUS_REQUEST_IN_PROGRESS", Unavailable, None),
    (400, {}, "", Unavailable, None),
    (401, {"error": "invalid_client"}, "", Refused, Failure.PROVIDER),
    (403, {"name": "NOT_AUTHORIZED"}, "PERMISSION_DENIED", Refused, Failure.PROVIDER),
    (404, {"name": "RESOURCE_NOT_FOUND"}, "INVALID_RESOURCE_ID", Refused, Failure.PROVIDER),
    (422, {"name": "UNPROCESSABLE_ENTITY"}, "INSTRUMENT_DECLINED", Refused, Failure.DECLINED),
    (
        422,
        {"name": "UNPROCESSABLE_ENTITY"},
        "PAYER_ACTION_REQUIRED",
        Refused,
        Failure.AUTHENTICATION,
    ),
    (422, {"name": "UNPROCESSABLE_ENTITY"}, "COMPLIANCE_VIOLATION", Refused, Failure.CAREFUL),
    (
        422,
        {"name": "UNPROCESSABLE_ENTITY"},
        "REFUND_FAILED_INSUFFICIENT_FUNDS",
        Short,
        Failure.PROVIDER,
    ),
    (422, {"name": "UNPROCESSABLE_ENTITY"}, "NEXT_YEARS_ISSUE", Refused, Failure.UNKNOWN),
    (418, {"name": "NEXT_YEARS_ERROR"}, "", Refused, Failure.UNKNOWN),
]


@pytest.mark.parametrize(("status", "node", "issue", "kind", "failure"), PAYPAL_ERRORS)
def test_what_may_be_asked_of_paypal_again_and_what_not(
    status: int, node: dict[str, Any], issue: str, kind: type, failure: Failure | None
):
    details = [{"issue": issue}] if issue else []
    error = paypal.error(status, node | {"details": details})
    assert type(error) is kind
    assert getattr(error, "failure", None) == failure


@pytest.mark.parametrize(
    "written",
    [
        None,
        {},
        {"currency_code": "USD", "value": 50.0},
        {"currency_code": "USD", "value": "50.001"},
        {"currency_code": "USD", "value": "1e3"},
        {"currency_code": "AAA", "value": "1"},
        {"value": "1"},
    ],
)
def test_an_amount_that_paypal_did_not_write_is_not_guessed(written: Any):
    taken = {"status": "COMPLETED", "custom_id": "att_1", "amount": written}
    with pytest.raises(InvalidAmount):
        paypal.captured(taken)


@given(st.sampled_from(sorted(paypal_currencies.CURRENCIES)), st.integers(1, 10**9))
def test_an_amount_comes_back_from_paypal_as_it_went(currency: str, minor: int):
    amount = Money(minor, currency)
    try:
        written = paypal_currencies.value(amount)
    except InvalidAmount:
        assert currency in {"HUF", "TWD"}
        return
    assert "." not in str(written["value"]) or currency not in {"HUF", "JPY", "TWD"}
    assert paypal_currencies.money(written) == amount


@pytest.mark.parametrize(
    ("language", "locale"),
    [("zh-hans", "zh-CN"), ("zh-Hant", "zh-TW"), ("pt-br", "pt-BR"), ("en", "en-US"), ("hi", None)],
)
def test_paypals_name_of_a_language(language: str, locale: str | None):
    assert paypal.locale(language) == locale


STATEMENT = [
    ("T0006", "S", "50.00", "-2.24", Movement.PAYMENT, 5000, 224),
    ("T0013", "V", "50.00", "-2.24", Movement.PAYMENT, 5000, 224),
    ("T0006", "S", "-50.00", None, Movement.OTHER, -5000, 0),
    ("T1107", "S", "-3.00", None, Movement.REFUND, -300, 0),
    ("T1201", "S", "-50.00", None, Movement.OTHER, -5000, 0),
    ("T0106", "S", "-20.00", None, Movement.FEE, -2000, 0),
    ("T0400", "S", "-900.00", None, Movement.OTHER, -90000, 0),
    ("T0006", "P", "50.00", None, None, 0, 0),
    ("T0006", "D", "50.00", None, None, 0, 0),
]


@pytest.mark.parametrize(
    ("code", "status", "amount", "fee", "movement", "minor", "kept"), STATEMENT
)
def test_what_a_line_of_paypals_report_means(
    code: str,
    status: str,
    amount: str,
    fee: str | None,
    movement: Movement | None,
    minor: int,
    kept: int,
):
    info = {
        "transaction_event_code": code,
        "transaction_status": status,
        "transaction_amount": {"currency_code": "USD", "value": amount},
        "transaction_initiation_date": "2026-03-02T09:00:00+0000",
        "custom_field": "att_1",
        "transaction_id": "C1",
    }
    info |= {"fee_amount": {"currency_code": "USD", "value": fee}} if fee else {}
    line = paypal.statement_line({"transaction_info": info})
    if movement is None:
        assert line is None
        return
    assert line is not None
    assert (line.movement, line.amount, line.fee) == (
        movement,
        Money(minor, "USD"),
        Money(kept, "USD"),
    )
    assert (line.key, line.reference, line.kind) == ("att_1", "C1", code)
