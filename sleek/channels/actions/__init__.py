"""Keeping connections: their credentials and prices, and whether their providers answer."""

from sleek.channels.actions.breakers import (
    admit,
    note_check,
    note_start,
    note_trouble,
    probe,
)
from sleek.channels.actions.keeping import (
    ConnectionInUse,
    Setup,
    Tariff,
    add,
    change,
    note_measured,
    put_away,
    set_prices,
    switch,
)
from sleek.channels.actions.secrets import rewrap

__all__ = [
    "ConnectionInUse",
    "Setup",
    "Tariff",
    "add",
    "admit",
    "change",
    "note_check",
    "note_measured",
    "note_start",
    "note_trouble",
    "probe",
    "put_away",
    "rewrap",
    "set_prices",
    "switch",
]
