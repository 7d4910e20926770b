"""The simulated providers that the contract suite and the connectors' own tests talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sleek.core import http

# One sandbox per worker and an address that collects its notices, as the sandbox's own tests have
# them.
from tests.sandbox.conftest import app_key, receiver, running_sandbox, sandbox

pytest.register_assert_rewrite("tests.channels.contract", "tests.channels.faults.ends")


@pytest.fixture(scope="session", autouse=True)
def _connections_are_closed_in_the_end() -> Iterator[None]:
    yield
    http._client().close()
    http._client.cache_clear()


__all__ = ["app_key", "receiver", "running_sandbox", "sandbox"]
