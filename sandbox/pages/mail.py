"""The mails in DIR/mail/, newest first. Their HTML is shown in a frame that may do nothing."""

import email
import email.policy
import email.utils
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.pages.home import clock_time

MAILS_AT_MOST = 200
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,200}\.eml$")
# Scripts and forms stay off; links open outside the frame.
HTML_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline';"
    " sandbox allow-popups allow-top-navigation-by-user-activation",
}


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    subject: str
    sender: str
    recipient: str
    at: str
    text: str
    html: str


async def index(request: Request) -> Response:
    folder = _folder(request)
    files = sorted(folder.glob("*.eml"), key=_age) if folder.is_dir() else []
    mails = [_read(path) for path in files[:MAILS_AT_MOST] if NAME.match(path.name)]
    return _page(request, "home/mails.html", {"mails": mails, "folder": str(folder)})


async def show(request: Request) -> Response:
    mail = _find(request)
    if mail is None:
        return PlainTextResponse("没有这封邮件。 No such mail.", 404)
    return _page(request, "home/mail.html", {"mail": mail})


async def show_html(request: Request) -> Response:
    mail = _find(request)
    if mail is None or not mail.html:
        return PlainTextResponse("没有这封邮件。 No such mail.", 404)
    html = f'<base target="_blank">{mail.html}'
    return HTMLResponse(html, headers=HTML_HEADERS)


def _folder(request: Request) -> Path:
    return world.of(request).home / "mail"


def _age(path: Path) -> tuple[float, str]:
    return (-path.stat().st_mtime, path.name)


def _find(request: Request) -> Mail | None:
    name = request.path_params["name"]
    path = _folder(request) / name
    return _read(path) if NAME.match(name) and path.is_file() else None


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Mail(
        name=path.name,
        subject=str(message["subject"] or ""),
        sender=str(message["from"] or ""),
        recipient=str(message["to"] or ""),
        at=clock_time(path.stat().st_mtime),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _page(request: Request, name: str, context: dict[str, object]) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context)
