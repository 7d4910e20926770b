"""Stripe: Checkout Sessions, what comes of them, refunds, events and webhook endpoints."""

from starlette.routing import Route

from sandbox.stripe import actions, pages, refunds
from sandbox.stripe.api import http
from sandbox.stripe.events import StripeWire
from sandbox.stripe.kept import pages as bank
from sandbox.world import World


def register(world: World) -> None:
    """Let the sandbox's clock and deliveries know what is ours."""
    world.deliveries.speak("stripe", StripeWire(world.store, world.clock))
    world.timers.on(
        actions.EXPIRY_TIMER,
        lambda account, subject: actions.expire_when_open(world, account, subject),
    )
    world.timers.on(
        actions.DELAYED_TIMER,
        lambda account, subject: actions.finish_delayed(world, account, subject),
    )
    world.timers.on(
        refunds.TIMER,
        lambda account, subject: refunds.turn_out(world, account, subject),
    )


def routes() -> list[Route]:
    return [*http.routes(), *pages.routes(), *bank.routes()]
