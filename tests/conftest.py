"""What every test may ask for: a database, a frozen clock, chance that repeats."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from django.utils import timezone, translation
from pytest_django.plugin import DjangoDbBlocker

from sleek.config.processes import garbage
from sleek.core import clock
from tests.fakes.channel import Bank, behind_the_till
from tests.plugin import DATABASE, pointing_django_at

# In CI the same examples every time; elsewhere new ones, and hypothesis prints how to repeat a
# failure.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("dev", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

# The processes of pytest-xdist get it from the one that starts them.
SEED = int(os.environ.setdefault("SLEEK_TEST_SEED", str(random.randrange(2**32))))


def pytest_report_header() -> str:
    return f"SLEEK_TEST_SEED={SEED} repeats this run's chance"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look for garbage in it again and again takes time."""
    gc.collect()
    gc.freeze()
    garbage.look_rarely()


def pytest_runtest_setup() -> None:
    """No test begins in the language or the zone of the last page that another one read."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """Instead of pytest-django's own: this worker's clone of the migrated template."""
    database = request.config.stash[DATABASE]
    with django_db_blocker.unblock():
        database.create(database.worker)


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database of the test's own, for commits, threads and processes. The value is its URL.

    Every connection that Django opens meanwhile, in any thread, goes there. Ask for it instead of
    `db`.
    """
    database = request.config.stash[DATABASE]
    with django_db_blocker.unblock():
        name = database.lend()
        with pointing_django_at(name):
            yield database.url(name)
        database.take_back(name)


class FrozenClock:
    def __init__(self, moment: datetime) -> None:
        self.now = moment

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """`advance(days=1, seconds=30)`, in the words of `timedelta`."""
        self.now += timedelta(**span)


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    """Time stands still on a Monday morning, until the test moves it."""
    time = FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with clock.use(time):
        yield time


@pytest.fixture
def chance() -> random.Random:
    """Randomness that SLEEK_TEST_SEED repeats."""
    return random.Random(SEED)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A fresh provider behind the channel "till"."""
    return behind_the_till(monkeypatch)
