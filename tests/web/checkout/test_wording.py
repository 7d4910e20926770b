"""The words about declines."""

from __future__ import annotations

import pytest
from django.utils import translation

from sleek.channels.base import Failure, Flow
from sleek.web.checkout import wording


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_is_explained_in_both_languages(failure: Failure) -> None:
    advice = wording.DECLINES[failure]
    said = set()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            happened, then = str(advice.happened), str(advice.next)
            said |= {happened, then}
            assert happened.endswith((".", "。"))
            assert then.endswith((".", "。"))
    assert len(said) == 4


def test_a_stolen_card_reads_like_any_refusal() -> None:
    assert wording.DECLINES[Failure.CAREFUL] == wording.DECLINES[Failure.DECLINED]


@pytest.mark.parametrize("flow", Flow)
def test_every_flow_has_its_hint(flow: Flow) -> None:
    assert wording.hint("alipay", flow)
