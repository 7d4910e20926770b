"""Writing messages and sending them, keeping gateways and balance alerts, and following events."""

from sleek.notifications.actions.alerts import (
    InvalidAlert,
    Watch,
    change_alert,
    remove_alert,
    set_alert,
)
from sleek.notifications.actions.gateways import (
    UnsafeAddress,
    add_gateway,
    remove_gateway,
    rewrap_gateways,
    try_gateway,
)
from sleek.notifications.actions.messages import Draft, send, write
from sleek.notifications.actions.news import FOLLOWED, follow

__all__ = [
    "FOLLOWED",
    "Draft",
    "InvalidAlert",
    "UnsafeAddress",
    "Watch",
    "add_gateway",
    "change_alert",
    "follow",
    "remove_alert",
    "remove_gateway",
    "rewrap_gateways",
    "send",
    "set_alert",
    "try_gateway",
    "write",
]
