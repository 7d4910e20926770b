"""UnionPay: the contract over the sandbox."""

from __future__ import annotations

from tests.channels.contract import ChannelContract


class TestContract(ChannelContract):
    pass
