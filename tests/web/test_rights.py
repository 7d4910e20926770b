"""Every address of the installation × every role × own and foreign objects, from the table alone.

What must happen is read from the right that each view declares (`view.guard`) and from
`merchants.rules.RIGHTS`. A route that declares nothing fails until it is guarded or listed as
PUBLIC; a route with a new kind of parameter fails until EXAMPLES can make one for a merchant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, path
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Membership, Merchant, Role, User
from sleek.merchants.rules import RIGHTS, Right
from sleek.web.dashboard.access import Guard
from tests import people
from tests.fakes.channel import behind_the_till
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor, browser
from tests.web.examples import EXAMPLES, PUBLIC, Example

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
NAMED_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Route:
    """One address, written without converters: `links/<public_id>/pause`."""

    text: str
    view: Callable[..., HttpResponseBase]

    @property
    def guard(self) -> Guard | None:
        return getattr(self.view, "guard", None)

    @property
    def parameters(self) -> list[str]:
        """Each with all that stands before it, which says what kind of thing it names."""
        return [self.text[: found.end()] for found in PARAMETER.finditer(self.text)]

    @property
    def is_personal(self) -> bool:
        """Whether it leads to something that is one person's, not the whole merchant's."""
        return any(EXAMPLES[name].is_personal for name in self.parameters)

    def url(self, world: Example) -> str:
        url = self.text
        for parameter in reversed(self.parameters):
            value = EXAMPLES[parameter].make(world)
            url = parameter[: parameter.rindex("<")] + value + url[len(parameter) :]
        return f"/{url}"


def routes(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[Route]:
    for pattern in patterns:
        text = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, text)
        else:
            yield Route(text, pattern.callback)


def _plain(text: str) -> str:
    text = NAMED_GROUP.sub(r"<\1>", text.removeprefix("^").removesuffix("$"))
    return PARAMETER.sub(r"<\1>", text)


def undeclared(patterns: Sequence[URLPattern | URLResolver]) -> list[str]:
    return [one.text for one in routes(patterns) if one.guard is None and one.text not in PUBLIC]


ALL = list(routes(get_resolver().url_patterns))
GUARDED = [route for route in ALL if route.guard is not None]
OWNED = [
    route
    for route in GUARDED
    if any(EXAMPLES[name].is_owned for name in route.parameters if name in EXAMPLES)
]


def test_every_route_declares_whom_it_lets_in() -> None:
    assert undeclared(get_resolver().url_patterns) == [], (
        "decorate the view by access.allowed(Right.…) or access.person, "
        "or list the route as PUBLIC in tests/web/examples.py"
    )


def test_a_route_that_declares_nothing_is_found() -> None:
    def secret(request: HttpRequest, public_id: str) -> HttpResponse:
        return HttpResponse("secret")

    added = path("secrets/<str:public_id>", secret)
    assert undeclared([*get_resolver().url_patterns, added]) == ["secrets/<public_id>"]


def test_what_is_public_exists_and_is_not_guarded() -> None:
    known = {route.text: route.guard for route in ALL}
    assert {text for text in PUBLIC if text not in known} == set()
    assert {text for text in PUBLIC if known[text]} == set()


def test_every_kind_of_parameter_has_an_example() -> None:
    missing = {name for route in GUARDED for name in route.parameters if name not in EXAMPLES}
    assert missing == set(), "say in tests/web/examples.py how to make one for a merchant"


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def weixin(settings: Settings) -> None:
    """One provider is configured, so that connecting it leads somewhere."""
    app = {"client_id": "wx1", "secret": "secret"}
    place = "https://weixin.invalid"
    settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {"APP": app, "PAGE_URL": place, "API_URL": place}}


@dataclass(frozen=True)
class Town:
    """Two merchants, and the first one's people with a session of each."""

    shop: Merchant
    elsewhere: Example
    people: dict[Role, tuple[User, str]]


@pytest.fixture(scope="module")
def all_the_time(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """Made once for all addresses; what a test does to it is undone with the test."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        behind_the_till(patch)
        shop, other = people.merchant(), people.merchant("Chen Tea", "chen@example.com")
        for each in (shop, other):  # with money in transit, so that an arrival can be recorded
            office.paid(each, Money(5000, "USD"))
        owner = _verified(other.memberships.get().user)
        # Time stands still: what the people have proven at the door lasts for the whole walk.
        with clock.frozen(clock.now()):
            yield Town(shop, Example(other, owner), {role: _colleague(shop, role) for role in Role})
        transaction.set_rollback(True)


@pytest.fixture
def town(all_the_time: Town, db: None) -> Town:
    return all_the_time


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.text)
def test_strangers_are_sent_to_log_in(town: Town, route: Route) -> None:
    url = route.url(Example(town.shop, town.people[Role.OWNER][0]))
    for method in ("get", "post"):
        answer = getattr(_fresh(), method)(url)
        assert (answer.status_code, answer.get("Location", "").partition("?")[0]) == (
            302,
            "/account/log-in",
        ), method


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.text)
def test_a_role_may_what_the_table_says_and_nothing_else(town: Town, route: Route) -> None:
    for role, url in _urls(town, route).items():
        for method in ("get", "post"):
            status, to = _try(town, role, method, url)
            if _may(route, role, method):
                assert status not in (403, 404), (role, method)
                assert not to.startswith(("/account/log-in", "/setup")), (role, method)
            else:
                assert status == 403, (role, method)


@pytest.mark.parametrize("route", OWNED, ids=lambda route: route.text)
def test_what_belongs_to_others_is_as_absent_as_what_never_was(town: Town, route: Route) -> None:
    url = route.url(town.elsewhere)
    for role in Role:
        statuses = {
            method: _try(town, role, method, url)[0]
            for method in ("get", "post")
            if _may(route, role, method)
        }
        assert set(statuses.values()) <= {404, 405}, (role, statuses)
        assert not statuses or 404 in statuses.values(), (role, statuses)


def _urls(town: Town, route: Route) -> dict[Role, str]:
    """For whoever works there. What is the merchant's is made once for all of them."""
    if route.is_personal:
        everybody = town.people.items()
        return {role: route.url(Example(town.shop, user)) for role, (user, _) in everybody}
    return dict.fromkeys(Role, route.url(Example(town.shop, town.people[Role.OWNER][0])))


def _may(route: Route, role: Role, method: str) -> bool:
    assert route.guard
    right = route.guard.right
    if method == "post":
        right = route.guard.to_change or right
    return right is None or Right(right) in RIGHTS[role]


def _try(town: Town, role: Role, method: str, url: str) -> tuple[int, str]:
    """What the request does is undone, so that the next one finds the same world."""
    with transaction.atomic():
        answer = getattr(_inside(town, role), method)(url)
        found = answer.status_code, answer.get("Location", "")
        transaction.set_rollback(True)
    return found


@cache
def _one_for_all() -> Visitor:
    """Setting up the middleware is dear, and each new client does it anew."""
    return browser()


def _fresh() -> Visitor:
    visitor = _one_for_all()
    visitor.cookies.clear()
    return visitor


def _inside(town: Town, role: Role) -> Visitor:
    visitor = _fresh()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = town.people[role][1]
    return visitor


def _colleague(shop: Merchant, role: Role) -> tuple[User, str]:
    user = _verified(User.objects.create_user(f"{role}@example.com"))
    Membership.objects.create(user=user, merchant=shop, role=role)
    visitor = _fresh()
    visitor.force_login(user)
    office.prove(visitor)
    visitor.get("/settings/data")  # this browser is noted now, and at none of the requests to come
    return user, visitor.cookies[settings.SESSION_COOKIE_NAME].value


def _verified(user: User) -> User:
    EmailAddress.objects.get_or_create(user=user, email=user.email, primary=True, verified=True)
    return user
