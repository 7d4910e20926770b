"""The demo: accounts at the sandbox, a story in the database, and `var/demo.json` that says who is
who.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from sleek.config.demo import accounts, fair, remembering, story
from sleek.core.money import Money
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.links.models import PaymentLink
from sleek.merchants.models import Membership, User
from sleek.notifications import actions as notifications
from sleek.notifications.actions import Watch
from sleek.notifications.rules import Direction, Medium
from sleek.reports import actions as reports
from sleek.web.ui import joint


def seed() -> None:
    """Tell the story once and write `var/demo.json`; begun again after a crash, it does what is
    left.

    Raises when the sandbox does not answer.
    """
    password = os.environ["SLEEK_DEMO_PASSWORD"]
    sandbox = f"http://127.0.0.1:{os.environ['SLEEK_SANDBOX_PORT']}"
    accounts.identities(sandbox)
    if not User.objects.filter(email=story.OWNER).exists():
        story.tell(password, accounts.open_all(sandbox))
        _be_reachable(sandbox)
    remembering.remember(sandbox)
    reports.rebuild()  # the story writes rows of the past, without their events
    told = {
        "web": settings.PUBLIC_URL,
        "sandbox": sandbox,
        "database_url": os.environ["DATABASE_URL"],
        "merchant": {"email": story.OWNER, "password": password},
        "operator": {"email": story.OPERATOR, "password": password},
        "links": _links(),
        "bills": _bills(),
        "together": _together(),
    }
    file = Path(settings.HOME, "demo.json")
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    unfinished.rename(file)


def _be_reachable(sandbox: str) -> None:
    """A phone and a chat room at the sandbox, and an alert when little is left in dollars."""
    owner = Membership.objects.select_related("merchant", "user").get(user__email=story.OWNER)
    inbox = f"json://{urlsplit(sandbox).netloc}/inbox"
    gateways = [
        notifications.add_gateway(owner.merchant, medium, name, f"{inbox}/{medium}", by=owner.user)
        for medium, name in ((Medium.SMS, "林女士的手机"), (Medium.IM, "财务群"))
    ]
    watch = Watch(
        Direction.BELOW,
        Money(500_00, "USD"),
        Money(600_00, "USD"),
        people=[owner],
        gateways=gateways,
    )
    notifications.set_alert(owner.merchant, watch, by=owner.user)


def _links() -> list[dict[str, str]]:
    """Those that the story leaves open, as it made them last."""
    made = PaymentLink.objects.filter(created_by__email=story.OWNER).order_by("-pk")
    return [
        {
            "url": f"{settings.PUBLIC_URL}/p/{link.token}/",
            "amount": str(link.money.decimal),
            "currency": link.currency,
        }
        for link in reversed(made[: len(story.OPEN_LINKS)])
    ]


def _together() -> str:
    """Where a buyer pays two bills with one press."""
    owner = Membership.objects.select_related("merchant").get(user__email=story.OWNER)
    return joint.url(bill.token for bill in fair.together(owner))


def _bills() -> list[dict[str, str]]:
    made = Invoice.objects.filter(created_by__email=story.OWNER).exclude(number="").order_by("pk")
    return [{"url": queries.pay_url(bill), "number": bill.number} for bill in made]
