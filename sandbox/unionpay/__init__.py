"""UnionPay: the protocol 5.1.0 with its certificates, a cashier's page, and form notices."""

from starlette.routing import Route

from sandbox.unionpay import gateway, orders, pages
from sandbox.unionpay.notices import UnionWire
from sandbox.world import World


def register(world: World) -> None:
    """Let the sandbox's clock and deliveries know what is ours."""
    world.deliveries.speak("unionpay", UnionWire(world.store))
    world.timers.on(orders.CHARGE, lambda account, order: orders.settle(world, account, order))
    world.timers.on(orders.GIVE, lambda account, made: orders.give(world, account, made))


def routes() -> list[Route]:
    return [*gateway.routes(), *pages.routes()]
