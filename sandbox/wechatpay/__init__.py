"""WeChat Pay: the API v3 with its signatures, a phone that scans, and encrypted notices."""

from starlette.routing import Route

from sandbox.wechatpay import api, orders, pages
from sandbox.wechatpay.notices import WechatWire
from sandbox.world import World


def register(world: World) -> None:
    """Let the sandbox's clock and deliveries know what is ours."""
    world.deliveries.speak("wechatpay", WechatWire(world.store, world.clock))
    world.timers.on(orders.TIMER, lambda account, order: orders.time_out(world, account, order))


def routes() -> list[Route]:
    return [*api.routes(), *pages.routes()]
