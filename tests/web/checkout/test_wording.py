"""The words about declines."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import translation

from sleek.channels.base import Failure, Flow, Unfit
from sleek.channels.failures import Special
from sleek.core.money import Money
from sleek.payments.queries import Misfit
from sleek.web.checkout import wording


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_is_explained_in_every_language(failure: Failure) -> None:
    advice = wording.DECLINES[failure]
    said = set()
    for language in settings.PAYER_LANGUAGES:
        with translation.override(language):
            happened, then = str(advice.happened), str(advice.next)
            said |= {happened, then}
            assert happened.endswith((".", "。", "।"))
            assert then.endswith((".", "。", "।"))
    assert len(said) == 2 * len(settings.PAYER_LANGUAGES)


@pytest.mark.parametrize("special", Special)
def test_what_says_more_says_it_in_every_language(special: Special) -> None:
    advice = wording.SPECIAL[special]
    said = set()
    for language in settings.PAYER_LANGUAGES:
        with translation.override(language):
            assert str(advice.happened).endswith((".", "。", "।"))
            said.add(str(advice.happened))
    assert len(said) == len(settings.PAYER_LANGUAGES)


def test_a_code_may_say_more_than_its_category() -> None:
    small = wording.advice("limit", channel="stripe", code="amount_too_small")
    assert small == wording.SPECIAL[Special.TOO_SMALL]
    for code in ("stolen_card", "lost_card", "fraudulent", "pickup_card"):
        told = wording.advice("careful", channel="stripe", code=code)
        assert told == wording.DECLINES[Failure.DECLINED]


def test_a_stolen_card_reads_like_any_refusal() -> None:
    assert wording.DECLINES[Failure.CAREFUL] == wording.DECLINES[Failure.DECLINED]


@pytest.mark.parametrize("flow", Flow)
def test_every_flow_has_its_hint(flow: Flow) -> None:
    assert wording.hint("alipay", flow)


@pytest.mark.parametrize("why", Unfit)
def test_every_reason_for_a_missing_method_can_be_told(why: Unfit) -> None:
    with translation.override("en"):
        said = wording.unfit(Misfit("alipay", why, Money(500, "CNY")), "CNY")
    assert said.startswith("Alipay ")
    assert said.endswith(".")


@pytest.mark.parametrize("language", settings.PAYER_LANGUAGES)
def test_a_moment_says_its_zone_in_every_language(language: str) -> None:
    with translation.override(language):
        text = wording.moment(datetime(2026, 3, 2, 9, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    assert "2026" in text
    assert "17:00" in text
    assert "GMT+08:00" in text
