"""The stage on which simulated worlds are played: a database of its own, real and committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from sleek.channels import registry
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.merchants.models import Merchant
from sleek.papers import actions as papers
from sleek.papers.rules import Kind
from sleek.payments.actions import asking
from tests import billing, people
from tests.plugin import DATABASE, pointing_django_at
from tests.simulation.database import Observer, Sessions
from tests.simulation.inline import Inline
from tests.simulation.life import Stage
from tests.simulation.providers import FAMILIES
from tests.simulation.world import MORNING


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    database = request.config.stash[DATABASE]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for family in FAMILIES.values():
            where = f"{family.__module__}:{family.__name__}"
            patch.setitem(registry._CHANNELS, family.id, where)
        patch.setattr(asking, "_POOL", Inline())
        name = database.clone()
        with pointing_django_at(name):
            shop = _shop()
            connections = [_connection(shop.pk, family) for family in FAMILIES]
            sessions, observer = Sessions(), Observer(database.url(name))
            yield Stage(sessions, observer, shop, connections)
            sessions.close()
            observer.close()
        database.drop(name)


def _shop() -> Merchant:
    """With a customer, and with all that papers need, which every world would make anew."""
    shop = people.merchant()
    billing.customer(shop)
    with clock.use(lambda: MORNING):
        papers.make_certificate(shop)
        for kind in Kind:
            papers.series_for(shop, kind)
    return shop


def _connection(merchant_id: int, channel: str) -> Connection:
    connection = Connection(
        merchant_id=merchant_id, channel=channel, name=channel, methods=["card"]
    )
    connection.seal({})
    connection.save()
    return connection
