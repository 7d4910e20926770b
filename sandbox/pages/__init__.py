"""The sandbox's own pages: what is here, what happened, and the messages that the demo sent."""

from starlette.routing import Route

from sandbox.pages import home, inbox, mail


def routes() -> list[Route]:
    return [
        Route("/", home.show),
        Route("/inbox", inbox.index),
        Route("/mail", mail.index),
        Route("/mail/{name}", mail.show),
        Route("/mail/{name}/html", mail.show_html),
    ]
