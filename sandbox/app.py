"""All routes of the sandbox, and what each provider registers with its parts."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from sandbox import alipay, control, identity, inbox, pages, paypal, stripe, unionpay, wechatpay
from sandbox.world import World

HERE = Path(__file__).parent


def create_app(world: World) -> Starlette:
    stripe.register(world)
    alipay.register(world)
    wechatpay.register(world)
    paypal.register(world)
    unionpay.register(world)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *control.routes(),
            *paypal.routes(),  # before Stripe's, which answers whatever else begins with /v1
            *stripe.routes(),
            *alipay.routes(),
            *wechatpay.routes(),
            *unionpay.routes(),
            *identity.routes(),
            *inbox.routes(),
            *pages.routes(),
        ]
    )
    app.state.world = world
    app.state.templates = Jinja2Templates(env=environment)
    return app


async def healthz(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
