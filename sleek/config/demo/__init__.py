"""The demo: accounts at the sandbox, a story in the database, and `var/demo.json` that says who is
who.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from sleek.config.demo import accounts, story
from sleek.links.models import PaymentLink
from sleek.merchants.models import User


def seed() -> None:
    """Tell the story once and write `var/demo.json`; begun again after a crash, it does what is
    left.

    Raises when the sandbox does not answer.
    """
    password = os.environ["SLEEK_DEMO_PASSWORD"]
    sandbox = f"http://127.0.0.1:{os.environ['SLEEK_SANDBOX_PORT']}"
    if not User.objects.filter(email=story.OWNER).exists():
        story.tell(password, accounts.stripe(sandbox), accounts.alipay(sandbox))
    told = {
        "web": settings.PUBLIC_URL,
        "sandbox": sandbox,
        "database_url": os.environ["DATABASE_URL"],
        "merchant": {"email": story.OWNER, "password": password},
        "operator": {"email": story.OPERATOR, "password": password},
        "links": _links(),
    }
    file = Path(settings.HOME, "demo.json")
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    unfinished.rename(file)


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
