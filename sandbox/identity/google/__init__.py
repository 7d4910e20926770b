"""Google as an identity provider: OpenID Connect with the authorization code flow."""

from starlette.routing import Route

from sandbox.identity.google import pages, tokens


def routes() -> list[Route]:
    return [*pages.routes(), *tokens.routes()]
