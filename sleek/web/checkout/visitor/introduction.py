"""What a browser carries while its payer is away, to be known to a provider's app.

A signed cookie for one payment and ten minutes. It holds the random state that must come back, so
that nobody brings another's browser to an introduction of their own, and the offer that was chosen;
once the payer is known, their id instead of the state. Who repeats an old one gains nothing: the
app's word is good once, and a try that is open already is found again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from sleek.core import ids
from sleek.payments.models import Payment

COOKIE = "sleek_introduction"
GOOD_FOR = timedelta(minutes=10)
STATE_CHARS = 32  # WeChat takes letters and digits, at most 128


@dataclass(frozen=True, slots=True)
class Introduction:
    """`state` until the app has answered, `payer_id` from then on."""

    offer: str
    state: str = ""
    payer_id: str = ""

    def expects(self, state: str) -> bool:
        return bool(self.state) and constant_time_compare(self.state, state)


def new(offer: str) -> Introduction:
    return Introduction(offer, state=ids.token(STATE_CHARS))


def path(payment: Payment) -> str:
    """Where the app sends the browser back to; the cookie goes nowhere else."""
    return reverse("checkout-wechat", args=[payment.public_id])


def read(request: HttpRequest, payment: Payment) -> Introduction | None:
    sealed = request.COOKIES.get(COOKIE, "")
    try:
        return Introduction(**signing.loads(sealed, salt=_salt(payment), max_age=GOOD_FOR))
    except signing.BadSignature:
        return None


def keep(response: HttpResponse, payment: Payment, introduction: Introduction) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(introduction), salt=_salt(payment)),
        max_age=GOOD_FOR,
        path=path(payment),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse, payment: Payment) -> HttpResponse:
    response.delete_cookie(COOKIE, path=path(payment), samesite="Lax")
    return response


def _salt(payment: Payment) -> str:
    return f"checkout.introduction.{payment.public_id}"
