"""WeChat's open platform for web sites: a code to scan, and who scanned it."""

from starlette.routing import Route

from sandbox.identity.weixin import api, pages


def routes() -> list[Route]:
    return [*pages.routes(), *api.routes()]
