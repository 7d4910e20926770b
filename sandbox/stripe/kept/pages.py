"""The page of the card's bank, for an intent that no hosted page stands behind."""

from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.store import Json
from sandbox.stripe import actions, money
from sandbox.stripe.kept import intents

SAFE_IN_URL = ":/?#[]@!$&'()*+,;=%-._~{}"


def routes() -> list[Route]:
    path = "/stripe/authenticate/{id}"
    return [Route(path, show, methods=["GET"]), Route(path, answer, methods=["POST"])]


async def show(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "stripe/gone.html", {"status": "unknown"}, 404)
    _account, intent = found
    if intent["status"] != "requires_action":
        return _back(intent)
    total = money.shown(intent["amount"], intent["currency"])
    return _page(request, "stripe/challenge.html", {"total": total, "intent": intent})


async def answer(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "stripe/gone.html", {"status": "unknown"}, 404)
    account, intent = found
    given, this = await request.form(), world.of(request)
    is_authentic = given.get("answer") == "complete"
    payer = intents.payer_of(intent)
    with this.store.transaction():
        intent = actions.answer(this, account, intent, payer, is_authentic=is_authentic)
    this.deliveries.wake()
    return _back(intent)


def _find(request: Request) -> tuple[str, Json] | None:
    """Only what was made without a session has such a page."""
    found = world.of(request).store.find("payment_intent", request.path_params["id"])
    return found if found and found[1].get("sandbox_return_url") else None


def _back(intent: Json) -> Response:
    address = intent["sandbox_return_url"]
    status = "succeeded" if intent["status"] == "succeeded" else "failed"
    told = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": status,
    }
    joint = "&" if "?" in address else "?"
    return RedirectResponse(quote(address + joint + urlencode(told), safe=SAFE_IN_URL), 303)


def _page(request: Request, name: str, context: Json, status: int = 200) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context, status_code=status)
