"""A merchant at the simulated UnionPay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.providers import sandbox_time
from tests.channels.unionpay.provider import UnionpayProvider
from tests.sandbox.conftest import Receiver, Sandbox


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[UnionpayProvider]:
    with sandbox_time(sandbox):
        yield UnionpayProvider(sandbox, receiver, app_key)
