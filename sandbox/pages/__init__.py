"""The sandbox's own pages: what is here, what happened, and the mails the demo sent."""

from starlette.routing import Route

from sandbox.pages import home, mail


def routes() -> list[Route]:
    return [
        Route("/", home.show),
        Route("/mail", mail.index),
        Route("/mail/{name}", mail.show),
        Route("/mail/{name}/html", mail.show_html),
    ]
