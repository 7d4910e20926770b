"""The words about channels are complete, in both languages of the office."""

from __future__ import annotations

import pytest
from django.utils import translation

from sleek.channels import actions as channels
from sleek.channels import registry
from sleek.channels.failures import Support
from sleek.channels.rules import PriceSource, State
from sleek.events.models import Event
from sleek.notifications import actions as notifications
from sleek.notifications.models import Message
from sleek.payments.rules.routing import Reason
from sleek.web.dashboard.telling.channels import choices, failures, fields, health, prices
from tests import people
from tests.fakes.channel import Bank


def both(text: object) -> tuple[str, str]:
    with translation.override("en"):
        english = str(text)
    with translation.override("zh-hans"):
        return english, str(text)


@pytest.mark.parametrize("support", Support)
def test_support_knows_what_each_failure_was_and_what_to_do(support: Support) -> None:
    for text in (failures.HELP[support].what, failures.HELP[support].do):
        english, chinese = both(text)
        assert english.endswith(".")
        assert chinese.endswith("。")


def test_support_is_told_to_say_nothing_of_a_stolen_card() -> None:
    with translation.override("en"):
        said = str(failures.help_for("stripe", "stolen_card").do)
    assert said.startswith("Say only that the bank declined")


def test_every_reason_state_and_source_has_words() -> None:
    assert set(choices.REASONS) == set(Reason)
    assert set(health.WORDS) == set(State)
    assert set(prices.SOURCES) == set(PriceSource)


@pytest.mark.parametrize("channel", registry.ids())
def test_every_credential_has_a_name_of_its_own(channel: str) -> None:
    hidden = {"api_base", "app_base", "gateway", "file_gateway"}
    for field in registry.fields(channel):
        if field.name not in hidden:
            assert field.name in fields.FIELDS[channel], field.name


def test_its_people_are_told_when_it_goes_and_when_it_is_back(
    bank: Bank, db: None, frozen_clock
) -> None:
    shop = people.merchant()
    till = shop.connections.get()
    for _ in range(3):
        channels.note_trouble(till, "card", "channel_unavailable", answered=lambda since: 0)
    channels.note_start(till, "card")
    notifications.follow(list(Event.objects.filter(kind__startswith="connection.").order_by("pk")))
    told = Message.objects.filter(about=till.public_id).order_by("pk")
    assert [message.subject for message in told] == [
        "收款渠道“Till”没有应答",
        "收款渠道“Till”已恢复",
    ]


def test_nobody_is_told_of_the_operators(bank: Bank, db: None, frozen_clock) -> None:
    people.merchant()
    till = people.till(None)
    for _ in range(3):
        channels.note_trouble(till, "card", "channel_unavailable", answered=lambda since: 0)
    notifications.follow(list(Event.objects.filter(kind__startswith="connection.")))
    assert Message.objects.count() == 0
