"""Worlds in which money is asked for by bills."""

from tests.simulation.bills.actors import arrange
from tests.simulation.bills.mutations import BUGS

__all__ = ["BUGS", "arrange"]
