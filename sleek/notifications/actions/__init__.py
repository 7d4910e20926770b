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
from sleek.notifications.actions.scripts import (
    ScriptRefused,
    drop_script,
    tell_payer,
    write_script,
)

__all__ = [
    "FOLLOWED",
    "Draft",
    "InvalidAlert",
    "ScriptRefused",
    "UnsafeAddress",
    "Watch",
    "add_gateway",
    "change_alert",
    "drop_script",
    "follow",
    "remove_alert",
    "remove_gateway",
    "rewrap_gateways",
    "send",
    "set_alert",
    "tell_payer",
    "try_gateway",
    "write",
    "write_script",
]
