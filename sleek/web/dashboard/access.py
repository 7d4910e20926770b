"""Who may come in, and what belongs to them. Every look-up in the back office goes through here.

@access.member
def show(request: access.MemberRequest, public_id: str) -> HttpResponseBase:
    link = access.get(request, PaymentLink.objects.all(), public_id)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from sleek.merchants import queries as merchants
from sleek.merchants import rules
from sleek.merchants.models import Membership, Merchant, User
from sleek.merchants.rules import Right

P = ParamSpec("P")
Row = TypeVar("Row", bound=Model)


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


class MemberRequest(PersonRequest):
    """A request of somebody who works at `merchant`."""

    merchant: Merchant
    membership: Membership


def person(
    view: Callable[Concatenate[PersonRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for people who are signed in, whether they have a merchant yet or not."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _private(view(cast(PersonRequest, request), *args, **kwargs))

    return guarded


def member(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for members of a merchant; its time zone counts. Others set up their own first."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        inside = cast(MemberRequest, request)
        membership = merchants.membership_of(inside.user)
        if membership is None:
            return redirect("setup")
        inside.membership, inside.merchant = membership, membership.merchant
        with timezone.override(membership.merchant.zone):
            return _private(view(inside, *args, **kwargs))

    return guarded


def allowed(
    right: Right,
) -> Callable[
    [Callable[Concatenate[MemberRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Like `member`, and only for those whose role has the right; others get 403."""

    def decorate(
        view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(
            request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not may(request, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return member(wraps(view)(guarded))

    return decorate


def may(request: MemberRequest, right: Right) -> bool:
    return rules.may(request.membership.role, right)


def own(request: MemberRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows, those of the merchant."""
    return rows.filter(merchant=request.merchant)


def get(request: MemberRequest, rows: QuerySet[Row], public_id: str) -> Row:
    """One row of the merchant. Another merchant's is as absent as one that never was: 404."""
    return get_object_or_404(own(request, rows), public_id=public_id)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing of the back office stays in a shared cache, nor in the browser after logging out."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response
