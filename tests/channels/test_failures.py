"""The failure table: complete over what providers say, and saying no more than it may."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.alipay import errors as alipay
from sandbox.stripe import cards
from sandbox.wechatpay import errors as wechatpay
from sleek.channels import failures, registry
from sleek.channels.base import Failure
from sleek.channels.failures import TABLE, Meaning, Support, meaning
from tools import failures as failure_document

SANDBOX = Path(alipay.__file__).resolve().parent.parent
ROWS = [(channel, code, row) for channel, rows in TABLE.items() for code, row in rows.items()]


def _written(folder: str, pattern: str) -> set[str]:
    """What a simulator's source says."""
    text = "\n".join(path.read_text() for path in sorted((SANDBOX / folder).rglob("*.py")))
    return set(re.findall(pattern, text))


def _said(errors: object) -> set[str]:
    """The codes of all refusals that a simulator's module makes."""
    made = [getattr(errors, name) for name in vars(errors)]
    plain = [one for one in made if callable(one) and getattr(one, "__code__", None)]
    refusals = [one() for one in plain if one.__code__.co_argcount == 0]
    return {getattr(refusal, "sub_code", "") or refusal.code for refusal in refusals}


def test_every_code_of_the_stripe_simulator_is_listed() -> None:
    declines = [card.decline for card in cards.CARDS.values() if card.decline]
    said = {one.decline_code for one in declines} | {one.code for one in declines}
    said |= _written("stripe", r'\bcode="([a-z_]+)"')
    assert len(said) > 15
    assert said - TABLE["stripe"].keys() == set()


def test_every_code_of_the_alipay_simulator_is_listed() -> None:
    said = _said(alipay)
    said |= {f"ACQ.{code}" for code in _written("alipay", r'business\(\s*"([A-Z_]+)"')}
    said |= _written("alipay", r'"((?:ACQ|isv|isp|aop)\.[\w.-]+)"')
    assert len(said) > 10
    assert {code for code in said if meaning("alipay", code) is failures.UNKNOWN} == set()


def test_every_code_of_the_wechatpay_simulator_is_listed() -> None:
    said = _said(wechatpay) | _written("wechatpay", r'WechatError\(\s*\d+,\s*"([A-Z_]+)"')
    assert len(said) > 8
    assert said - TABLE["wechatpay"].keys() == set()


@pytest.mark.parametrize("channel", sorted(TABLE))
def test_a_code_has_one_meaning(channel: str) -> None:
    """A code in two rows of a file would silently take the second."""
    name = f"sleek.channels.failures.{channel}"
    codes = [code for words in _module(name).CODES.values() for code in words.split()]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("channel", registry.ids())
def test_a_credential_that_is_wrong_is_named_and_blamed_on_the_connection(channel: str) -> None:
    for field in registry.fields(channel):
        assert registry.meaning(channel, field.name).support == Support.CREDENTIALS, field.name


@pytest.mark.parametrize(("channel", "code", "row"), ROWS, ids=[f"{c}-{k}" for c, k, _ in ROWS])
def test_a_row_makes_sense(channel: str, code: str, row: Meaning) -> None:
    assert failures.failure_of(channel, code) == row.category
    if row.category == Failure.CAREFUL:
        assert (row.may_retry, row.may_try_other, row.special) == (False, False, None)
    if row.may_try_other:
        assert row.category == Failure.PROVIDER, "never for a reason of the payer"


def test_what_is_not_listed_reveals_nothing_and_tries_nothing() -> None:
    row = meaning("stripe", "a_code_of_next_year")
    assert (row.category, row.may_try_other, row.special) == (Failure.UNKNOWN, False, None)
    assert meaning("nobody", "insufficient_funds").category == Failure.UNKNOWN


def test_our_own_codes_mean_the_same_everywhere() -> None:
    for channel in (*TABLE, "till"):
        assert meaning(channel, "channel_unavailable").may_try_other


def test_an_order_that_was_dealt_with_before_is_tried_nowhere_else() -> None:
    """Somebody may have paid it."""
    for channel, code in [("wechatpay", "ORDERPAID"), ("alipay", "ACQ.TRADE_HAS_SUCCESS")]:
        assert not meaning(channel, code).may_try_other


def _module(name: str):
    from importlib import import_module

    return import_module(name)


def test_the_document_is_the_table() -> None:
    assert failure_document.PLACE.read_text() == failure_document.text()
