"""Making a plan, agreeing to a share in one, and putting it on links."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.links.models import PaymentLink
from sleek.merchants.models import Membership
from sleek.splits import rules
from sleek.splits.models import LinkPlan, Plan, Share
from sleek.splits.rules import PlanFlaw, ShareWish


class PlanRefused(SleekError):
    """A plan that cannot be made or used; `flaw` says why, where it is about what was entered."""

    code = "plan_refused"

    def __init__(self, message: object, flaw: PlanFlaw | None = None) -> None:
        super().__init__(message)
        self.flaw = flaw


@transaction.atomic
def create_plan(by: Membership, name: str, wishes: Sequence[ShareWish]) -> Plan:
    """Other wallets are asked to agree; until then their share stays the merchant's.

    Raises `PlanRefused`.
    """
    flaw = rules.flaw_of(name, by.merchant_id, wishes)
    if flaw:
        raise PlanRefused(flaw, flaw)
    plan = Plan.objects.create(
        merchant=by.merchant,
        name=name.strip(),
        millionths=sum(wish.millionths for wish in wishes),
        created_by=by.user,
    )
    Share.objects.bulk_create(
        Share(
            plan=plan,
            beneficiary_id=wish.beneficiary_id,
            beneficiary_name=wish.beneficiary_name,
            offered_by=by.merchant.name,
            millionths=wish.millionths,
            release_after_days=wish.release_after_days,
        )
        for wish in wishes
    )
    _note("plan.created", plan, by, {"name": plan.name, "millionths": plan.millionths})
    events.record([Fact("plan.created", plan.public_id, by.merchant_id)])
    return plan


def offer(plan: Plan) -> None:
    """Tell the other wallets that a share waits for their word."""
    offered = plan.shares.filter(beneficiary__isnull=False)
    events.record([Fact("share.offered", each.public_id, each.beneficiary_id) for each in offered])


@transaction.atomic
def archive(plan: Plan, by: Membership) -> None:
    """Nothing new is shared out by it; portions that are held go their way."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.archived_at:
        return
    plan.archived_at = clock.now()
    plan.save(update_fields=["archived_at"])
    LinkPlan.objects.filter(plan=plan).delete()
    _note("plan.archived", plan, by, {})


@transaction.atomic
def attach(link: PaymentLink, plan: Plan | None, by: Membership) -> None:
    """From now on the link's payments are shared out so. Raises `PlanRefused`."""
    if plan is None:
        LinkPlan.objects.filter(link=link).delete()
    elif plan.merchant_id != link.merchant_id or plan.archived_at:
        raise PlanRefused(_("This plan can't be used here."))
    else:
        LinkPlan.objects.update_or_create(link=link, defaults={"plan": plan})
    audit.record(
        "link.shared_out",
        link.public_id,
        scope=by.merchant.public_id,
        actor=by.user.public_id,
        data={"plan": plan.public_id if plan else ""},
    )


@transaction.atomic
def accept(share: Share, by: Membership) -> None:
    """The other wallet agrees: to receive, and that refunds take back in proportion."""
    _answer(share, by, "share.accepted")


@transaction.atomic
def decline(share: Share, by: Membership) -> None:
    """From now on nothing more is shared with this wallet, also after it had agreed."""
    _answer(share, by, "share.declined")


def _answer(share: Share, by: Membership, kind: str) -> None:
    share = Share.objects.select_for_update().get(pk=share.pk, beneficiary=by.merchant)
    is_yes, now = kind == "share.accepted", clock.now()
    share.accepted_at, share.accepted_by = (now, by.user) if is_yes else (None, None)
    share.declined_at = None if is_yes else now
    share.save(update_fields=["accepted_at", "accepted_by", "declined_at"])
    audit.record(kind, share.public_id, scope=by.merchant.public_id, actor=by.user.public_id)


def _note(act: str, plan: Plan, by: Membership, data: dict[str, object]) -> None:
    audit.record(
        act, plan.public_id, scope=by.merchant.public_id, actor=by.user.public_id, data=data
    )
