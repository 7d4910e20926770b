"""Alipay: the signed gateway, the cashier pages, and asynchronous notices."""

from starlette.routing import Route

from sandbox.alipay import gateway, pages, trades
from sandbox.alipay.books import bills
from sandbox.alipay.notices import AlipayWire
from sandbox.world import World


def register(world: World) -> None:
    """Let the sandbox's clock and deliveries know what is ours."""
    world.deliveries.speak("alipay", AlipayWire(world.store, world.clock))
    world.timers.on(
        trades.TIMER,
        lambda account, trade_no: trades.time_out(world, account, trade_no),
    )


def routes() -> list[Route]:
    return [*gateway.routes(), *bills.routes(), *pages.routes()]
