"""Who may come in, and what belongs to them. Every look-up in the back office goes through here.

@access.allowed(Right.READ)
def show(request: access.MemberRequest, public_id: str) -> HttpResponseBase:
    link = access.get(request, PaymentLink.objects.all(), public_id)

A view that moves money or rights asks for a fresh proof of identity first (transaction password,
code, passkey: `security/proof.py`). Its decorator stands outside of the others, because the proof
concerns the person and not the merchant's rows:

@access.sensitive
@access.allowed(Right.GIVE_MONEY_BACK)
@require_POST
def refund(request: access.MemberRequest, public_id: str) -> HttpResponseBase: ...

A POST without a proof is answered by a page that asks for one, keeps what was typed, and sends both
on to the same address. So the view needs nothing more, but it must answer a plain POST with a whole
page or a redirect. `sensitive_page` asks before the form is shown, too: for forms that hold a
password or show a secret. Tests call `office.prove(visitor)` first.

Each view names the right it needs; the walk through all addresses reads it from `view.guard`.
Templates ask `{% if 'give_money_back' in request.rights %}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from sleek.merchants import queries as merchants
from sleek.merchants import rules
from sleek.merchants.models import Membership, Merchant, User
from sleek.merchants.rules import Right
from sleek.reports.queries import anomalies
from sleek.web.dashboard import confinement
from sleek.web.dashboard.security import devices, proof

P = ParamSpec("P")
Row = TypeVar("Row", bound=Model)


WORKSPACE = "workspace"  # in the session: the public id of the merchant that is being worked for


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom a view lets in. Without rights, everybody who is signed in."""

    right: Right | None = None
    to_change: Right | None = None  # for other methods than GET, where that differs


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, and of the places where they work."""

    user: User
    places: list[Membership]
    rights: frozenset[Right]


class MemberRequest(PersonRequest):
    """A request of somebody who works at `merchant`."""

    merchant: Merchant
    membership: Membership
    waiting: dict[str, int]  # by the names of the menu's entries


def person(
    view: Callable[Concatenate[PersonRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for people who are signed in, whether they have a merchant yet or not."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        inside = cast(PersonRequest, request)
        devices.see(inside, inside.user)
        _find_places(inside)
        return _private(view(inside, *args, **kwargs))

    return _declared(guarded, Guard())


def member(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for members of a merchant; its time zone counts. Others set up their own first."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        inside = cast(MemberRequest, request)
        devices.see(inside, inside.user)
        if not _find_places(inside):
            return redirect("setup")
        if _is_elsewhere(inside):
            return _private(render(inside, "dashboard/workspaces/moved.html", status=409))
        waiting = SimpleLazyObject(partial(_count_waiting, inside.merchant))
        inside.waiting = cast(dict[str, int], waiting)
        with timezone.override(inside.merchant.zone):
            return _private(_confined(inside, lambda: view(inside, *args, **kwargs)))

    return _declared(guarded, Guard(Right.READ))


def allowed(
    right: Right, *, to_change: Right | None = None
) -> Callable[
    [Callable[Concatenate[MemberRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Like `member`, and only for those whose role has the right; others get 403.

    A page that many read and few change names the right `to_change` it as well.
    """

    def decorate(
        view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(
            request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not _lets_in(Guard(right, to_change), request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _declared(member(wraps(view)(guarded)), Guard(right, to_change))

    return decorate


def sensitive(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Whoever may change something here must have proven in the last minutes that it is they."""
    return _proven(view, lambda request: not _is_reading(request))


def sensitive_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Like `sensitive`, and looking at the page needs the proof as well."""
    return _proven(view, lambda request: True)


def may(request: MemberRequest, right: Right) -> bool:
    return right in request.rights


def work_at(request: PersonRequest, merchant_id: str) -> None:
    """From the next request on, this browser works for that merchant."""
    request.session[WORKSPACE] = merchant_id


def own(request: MemberRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows, those of the merchant."""
    return rows.filter(merchant=request.merchant)


def get(request: MemberRequest, rows: QuerySet[Row], public_id: str) -> Row:
    """One row of the merchant. Another merchant's is as absent as one that never was: 404."""
    return get_object_or_404(own(request, rows), public_id=public_id)


def _proven(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    is_due: Callable[[HttpRequest], bool],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Those whom the view would turn away are turned away by it, and asked for nothing before."""
    guard: Guard = view.guard  # type: ignore[attr-defined]

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and is_due(request):
            inside = cast(PersonRequest, request)
            _find_places(inside)
            if _lets_in(guard, inside) and (page := proof.demanded(request, inside.user)):
                return _private(page)
        return view(request, *args, **kwargs)

    guarded.is_sensitive = True  # type: ignore[attr-defined]
    return guarded


def _lets_in(guard: Guard, request: PersonRequest) -> bool:
    right = guard.right if _is_reading(request) else guard.to_change or guard.right
    return right is None or right in request.rights


def _is_reading(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD", "OPTIONS")


def _find_places(request: PersonRequest) -> bool:
    """Read anew at every request, so that whoever was removed is out at the next one."""
    if not hasattr(request, "places"):  # `sensitive` has asked before the view does
        request.places = merchants.places_of(request.user)
    chosen = request.session.get(WORKSPACE)
    here = next((place for place in request.places if place.merchant.public_id == chosen), None)
    here = here or next(iter(request.places), None)
    request.rights = rules.rights_of(here.role) if here else frozenset()
    if here:
        inside = cast(MemberRequest, request)
        inside.membership, inside.merchant = here, here.merchant
    return here is not None


def _count_waiting(merchant: Merchant) -> dict[str, int]:
    """What the menu shows beside its entries; asked only where a menu is drawn."""
    return {"anomaly-index": anomalies.count(merchant)}


def _is_elsewhere(request: MemberRequest) -> bool:
    """Whether a form was filled in for another workspace than the one that it would change.

    Another tab has switched meanwhile, or the person was removed there. ui/page.js tells for which
    workspace the page was made.
    """
    if request.method != "POST":
        return False
    told = request.POST.get("workspace") or request.headers.get("X-Workspace")
    return bool(told) and told != request.merchant.public_id


def _declared(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase], guard: Guard
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    view.guard = guard  # type: ignore[attr-defined]
    return view


def _confined(request: MemberRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    return confinement.confined(request.merchant.pk, request.user.pk, answer)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing of the back office stays in a shared cache, nor in the browser after logging out."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response
