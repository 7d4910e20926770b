"""PayPal: OAuth, Orders v2, refunds, reports, a page for the payer, webhooks with certificates."""

from starlette.routing import Route

from sandbox.paypal import api, orders, pages
from sandbox.paypal.notices import PaypalWire
from sandbox.world import World


def register(world: World) -> None:
    """Let the sandbox's clock and deliveries know what is ours."""
    world.deliveries.speak("paypal", PaypalWire(world.store))
    world.timers.on(orders.END_TIMER, lambda account, order: orders.end(world, account, order))
    world.timers.on(
        orders.APPROVAL_TIMER, lambda account, order: orders.approve_late(world, account, order)
    )
    world.timers.on(
        orders.CLEARING_TIMER, lambda account, order: orders.clear(world, account, order)
    )


def routes() -> list[Route]:
    return [*api.routes(), *pages.routes()]
