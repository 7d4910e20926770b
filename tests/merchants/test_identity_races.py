"""Two tabs, two threads: an identity logs in to one account, and one way to log in always stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from pytest_django import Settings

from sleek.merchants import actions as merchants
from sleek.merchants.models import Identity, User
from tests.merchants.test_actions import active
from tests.merchants.test_identities import GOOGLE, SCAN, enter, join, without_password


@pytest.fixture(autouse=True)
def both_offered(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {}, "weixin": {}}


def at_once(*acts: object) -> list[object]:
    """Each in a thread and on a connection of its own; what it returned, or raised."""

    def run(act: object) -> object:
        try:
            return act()  # type: ignore[operator]
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("_", range(5))
def test_two_who_disconnect_the_last_two_at_once_leave_one(committed_db: str, _: int) -> None:
    owner = active()
    without_password(owner)
    scan = merchants.connect(owner, SCAN, address=None)
    google = merchants.connect(owner, GOOGLE, address=None)
    came = at_once(
        *(
            lambda each=each: merchants.disconnect(owner, each.public_id, address=None)
            for each in (scan, google)
        )
    )
    assert [type(each) for each in came].count(merchants.LastCredential) == 1
    assert Identity.objects.count() == 1


def test_the_same_person_joining_in_two_tabs_makes_one_account(committed_db: str) -> None:
    came = at_once(lambda: join(GOOGLE), lambda: join(GOOGLE))
    assert User.objects.count() == 1
    assert Identity.objects.get().user == User.objects.get()
    assert any(isinstance(each, User) for each in came)
    assert enter(GOOGLE) == User.objects.get()


def test_the_same_person_linked_in_two_tabs_is_linked_once(committed_db: str) -> None:
    owner = active()
    came = at_once(lambda: enter(GOOGLE), lambda: enter(GOOGLE))
    assert came == [owner, owner]
    assert Identity.objects.count() == 1
