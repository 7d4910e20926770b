"""One database and one account at each provider for all faults of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.channels.faults import wire
from tests.channels.faults.shop import OPENINGS, Shop, opened
from tests.channels.faults.wire import Wire
from tests.plugin import DATABASE, pointing_django_at
from tests.sandbox.conftest import Sandbox


@pytest.fixture(scope="module", params=OPENINGS)
def shop(
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
    running_sandbox: Sandbox,
    app_key: str,
) -> Iterator[Shop]:
    database = request.config.stash[DATABASE]
    with django_db_blocker.unblock():
        name = database.lend()  # a module for all its tests: none of them borrows another
        with (
            pointing_django_at(name),
            opened(request.param, running_sandbox, app_key) as shop,
            pytest.MonkeyPatch.context() as patch,
        ):
            from django.conf import settings

            patch.setattr(settings, "PUBLIC_URL", shop.letters.url.removesuffix("/callbacks/all/"))
            yield shop
        running_sandbox.http.delete("/control/faults")
        database.take_back(name)


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    """What our questions go over."""
    with wire.between() as between:
        yield between
