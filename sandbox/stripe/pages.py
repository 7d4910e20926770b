"""Stripe's hosted page: a card form that works without JavaScript, and its 3-D Secure step."""

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.store import Json
from sandbox.stripe import actions, cards, money
from sandbox.stripe.actions import Payer
from sandbox.stripe.api import checking

# The buttons below the form: what a tester most often wants to see.
SAMPLES = (
    ("4242424242424242", "成功", "Succeeds"),
    ("4000000000000002", "拒付", "Declined"),
    ("4000000000009995", "余额不足", "Insufficient funds"),
    ("4000000000000069", "卡已过期", "Expired card"),
    ("4000000000000127", "安全码错误", "Wrong CVC"),
    ("4000000000000119", "处理出错", "Processing error"),
    ("4000002500003155", "3DS 验证", "3-D Secure"),
    ("4000008400001629", "3DS 后拒付", "3-D Secure, then declined"),
    ("4000000000005126", "退款稍后失败", "Refund fails later"),
    ("4000000000007726", "退款先处理中", "Refund pending first"),
)
COUNTRIES = (
    ("CN", "中国 China"), ("HK", "香港 Hong Kong"), ("US", "美国 United States"),
    ("GB", "英国 United Kingdom"), ("DE", "德国 Germany"), ("FR", "法国 France"),
    ("JP", "日本 Japan"), ("KR", "韩国 South Korea"), ("SG", "新加坡 Singapore"),
    ("AU", "澳大利亚 Australia"), ("CA", "加拿大 Canada"), ("IT", "意大利 Italy"),
    ("ES", "西班牙 Spain"), ("NL", "荷兰 Netherlands"), ("KW", "科威特 Kuwait"),
)  # fmt: skip
NAMES = frozenset(code for code, _ in COUNTRIES)

DECLINES_IN_CHINESE = {
    "generic_decline": "卡被拒付。请换一张卡，或与发卡行确认。",
    "insufficient_funds": "余额不足。请换一张卡，或与发卡行确认。",
    "lost_card": "卡被拒付。请换一张卡。",
    "stolen_card": "卡被拒付。请换一张卡。",
    "expired_card": "卡已过期。请换一张卡。",
    "incorrect_cvc": "安全码不正确。",
    "processing_error": "处理时出错，请稍后再试。",
    "payment_intent_authentication_failure": "身份验证没有通过。请换一种支付方式再试。",
}


@dataclass(slots=True)
class Form:
    """What the payer typed and what is wrong with it."""

    email: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""
    country: str = "CN"
    errors: dict[str, str] = field(default_factory=dict)

    def payer(self, delayed_method: str = "") -> Payer:
        month, year = _expiry(self.expiry) or (12, 2040)
        return Payer(
            card=cards.of(_digits(self.number)),
            email=self.email,
            name=self.name,
            country=self.country,
            exp_month=month,
            exp_year=year,
            delayed_method=delayed_method,
        )


def routes() -> list[Route]:
    return [
        Route("/stripe/pay/{id}", show, methods=["GET"]),
        Route("/stripe/pay/{id}", submit, methods=["POST"]),
        Route("/stripe/3ds/{id}", show_challenge, methods=["GET"]),
        Route("/stripe/3ds/{id}", answer_challenge, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "stripe/gone.html", {"status": "unknown"}, 404)
    account, session = found
    if session["status"] != "open":
        return _gone(request, session)
    return _form(request, account, session, Form(email=session["customer_email"] or ""))


async def submit(request: Request) -> Response:
    found = _find(request)
    if found is None:
        return _page(request, "stripe/gone.html", {"status": "unknown"}, 404)
    account, session = found
    if session["status"] != "open":
        return _gone(request, session)
    given = await request.form()
    form = _typed(given)
    if fill := str(given.get("fill", "")):
        return _form(request, account, session, _filled(form, fill))
    how = str(given.get("how", "card"))
    form.errors = _errors(form, session, is_card=how != "delayed")
    if form.errors:
        return _form(request, account, session, form)
    this = world.of(request)
    method = _delayed_method(session) if how == "delayed" else ""
    with this.store.transaction():
        intent = actions.submit(this, account, session, form.payer(method))
    if intent["status"] == "requires_action":
        return RedirectResponse(f"/stripe/3ds/{session['id']}", 303)
    if intent["status"] == "requires_payment_method":
        return _form(request, account, session, form)
    return _leave(request, session, is_closing=how == "vanish")


def _typed(given: FormData) -> Form:
    def text(name: str) -> str:
        return str(given.get(name, "")).strip()

    return Form(
        email=text("email"),
        number=text("number"),
        expiry=text("expiry"),
        cvc=text("cvc"),
        name=text("name"),
        country=text("country"),
    )


async def show_challenge(request: Request) -> Response:
    found = _challenged(request)
    if found is None:
        return RedirectResponse(f"/stripe/pay/{request.path_params['id']}", 303)
    _, session, intent = found
    return _page(request, "stripe/challenge.html", {**_summary(session), "intent": intent})


async def answer_challenge(request: Request) -> Response:
    found = _challenged(request)
    if found is None:
        return RedirectResponse(f"/stripe/pay/{request.path_params['id']}", 303)
    account, session, intent = found
    given = await request.form()
    kept = intent["sandbox_payer"]
    payer = Payer(
        card=cards.of(kept["card"]),
        email=kept["email"],
        name=kept["name"],
        country=kept["country"],
        exp_month=kept["exp_month"],
        exp_year=kept["exp_year"],
    )
    this = world.of(request)
    with this.store.transaction():
        intent = actions.finish_challenge(
            this,
            account,
            session,
            payer,
            is_authentic=given.get("answer") == "complete",
        )
    if intent["status"] == "succeeded":
        return _leave(request, session, is_closing=False)
    return RedirectResponse(f"/stripe/pay/{session['id']}", 303)


def _find(request: Request) -> tuple[str, Json] | None:
    return world.of(request).store.find("checkout.session", request.path_params["id"])


def _challenged(request: Request) -> tuple[str, Json, Json] | None:
    found = _find(request)
    if found is None or not found[1]["payment_intent"] or found[1]["status"] != "open":
        return None
    account, session = found
    intent = world.of(request).store.get(account, "payment_intent", session["payment_intent"])
    if intent is None or intent["status"] != "requires_action":
        return None
    return account, session, intent


def _errors(form: Form, session: Json, *, is_card: bool) -> dict[str, str]:
    errors = {}
    if "@" not in form.email.strip("@"):
        errors["email"] = "请填写邮箱。 Enter your email."
    if not is_card:
        return errors
    if problem := _number_error(_digits(form.number)):
        errors["number"] = problem
    if problem := _expiry_error(form.expiry):
        errors["expiry"] = problem
    if len(_digits(form.cvc)) != cards.cvc_length(_digits(form.number)) or not form.cvc.isdigit():
        errors["cvc"] = "安全码不完整。 Your card’s security code is incomplete."
    if not form.name:
        errors["name"] = "请填写持卡人姓名。 Enter the name on the card."
    if form.country not in NAMES:
        errors["country"] = "请选择国家或地区。 Choose a country."
    return errors


def _number_error(number: str) -> str:
    if len(number) < 14:
        return "卡号不完整。 Your card number is incomplete."
    if len(number) > 19 or not cards.passes_luhn(number):
        return "卡号无效。 Your card number is invalid."
    return ""


def _expiry_error(text: str) -> str:
    expiry = _expiry(text)
    if expiry is None:
        return "有效期不完整。 Your card’s expiration date is incomplete."
    month, year = expiry
    today = dt.datetime.now(dt.UTC).date()
    if (year, month) < (today.year, today.month):
        return "卡已过期。 Your card’s expiration date is in the past."
    if year > today.year + 50:
        return "有效期无效。 Your card’s expiration year is invalid."
    return ""


def _expiry(text: str) -> tuple[int, int] | None:
    month, slash, year = (part.strip() for part in text.partition("/"))
    if not slash and text.isdigit() and len(text) == 4:
        month, year = text[:2], text[2:]
    if not (month.isdigit() and year.isdigit() and len(year) in (2, 4) and 1 <= int(month) <= 12):
        return None
    return int(month), int(year) + (2000 if len(year) == 2 else 0)


def _digits(text: str) -> str:
    bare = text.replace(" ", "").replace("-", "")
    return bare if bare.isascii() and bare.isdigit() else ""


def _filled(form: Form, number: str) -> Form:
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return Form(
        email=form.email or "payer@example.com",
        number=spaced,
        expiry="12 / 40",
        cvc="1234" if cards.cvc_length(number) == 4 else "123",
        name=form.name or "Li Mei",
        country=form.country or "CN",
    )


def _delayed_method(session: Json) -> str:
    for method in session["payment_method_types"]:
        if method in checking.DELAYED_METHODS:
            return str(method)
    return "sepa_debit"


def _leave(request: Request, session: Json, *, is_closing: bool) -> Response:
    target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    if is_closing:
        context = {**_summary(session), "target": target}
        return _page(request, "stripe/closed.html", context)
    return RedirectResponse(quote(target, safe=SAFE_IN_URL), 303)


# The merchant's address is passed on as it came; only what no header may carry is encoded.
SAFE_IN_URL = ":/?#[]@!$&'()*+,;=%-._~{}"


def _form(request: Request, account: str, session: Json, form: Form) -> Response:
    error = None
    this = world.of(request)
    # The session may have gained its PaymentIntent in this very request.
    current = this.store.get(account, "checkout.session", session["id"]) or session
    if current["payment_intent"]:
        intent = this.store.get(account, "payment_intent", current["payment_intent"]) or {}
        error = intent.get("last_payment_error")
    if form.errors or (form.number == "" and request.method == "POST"):
        error = None
    context = {
        **_summary(session),
        "form": form,
        "error": error,
        "error_in_chinese": _in_chinese(error),
        "samples": SAMPLES,
        "countries": COUNTRIES,
        "takes_delayed": _takes_delayed(session),
        "takes_card": "card" in session["payment_method_types"],
    }
    return _page(request, "stripe/pay.html", context)


def _in_chinese(error: Json | None) -> str:
    if error is None:
        return ""
    key = error.get("decline_code") or error["code"]
    return DECLINES_IN_CHINESE.get(key, DECLINES_IN_CHINESE["generic_decline"])


def _takes_delayed(session: Json) -> bool:
    return any(each in checking.DELAYED_METHODS for each in session["payment_method_types"])


def _gone(request: Request, session: Json) -> Response:
    target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    context = {**_summary(session), "status": session["status"], "target": target}
    return _page(request, "stripe/gone.html", context)


def _summary(session: Json) -> Json:
    return {
        "session": session,
        "lines": session["sandbox_line_items"],
        "total": money.shown(session["amount_total"], session["currency"]),
        "shown": money.shown,
    }


def _page(request: Request, name: str, context: Json, status: int = 200) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, name, context, status_code=status)
