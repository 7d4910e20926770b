"""Who somebody is to WeChat: on a web site by a code to scan, inside WeChat without a word."""

from starlette.routing import Route

from sandbox.identity.weixin import api, pages, service


def routes() -> list[Route]:
    return [*pages.routes(), *service.routes(), *api.routes()]
