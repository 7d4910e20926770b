"""Who somebody is, by the word of others: Google's OpenID Connect and WeChat's open platform."""

from starlette.routing import Route

from sandbox.identity import google, weixin


def routes() -> list[Route]:
    return [*google.routes(), *weixin.routes()]
