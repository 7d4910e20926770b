"""The SMS and chat messages that came in, newest first."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from sandbox import inbox, world
from sandbox.pages.home import clock_time

KINDS = {"sms": "短信 SMS", "im": "群聊 Chat"}


async def index(request: Request) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    messages = [
        {**dict(row), "kind": KINDS[row["kind"]], "at": clock_time(row["at"])}
        for row in inbox.latest(world.of(request))
    ]
    return templates.TemplateResponse(request, "home/inbox.html", {"messages": messages})
