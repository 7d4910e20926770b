"""Tables that row-level security does not cover, and why. Every other table has a policy."""

from __future__ import annotations

# Open to members: nothing in them belongs to a merchant.
SHARED = {
    "events_cursor": "how far the worker has read, by which a page says how fresh its figures are",
    "fx_rate": "public reference rates",
    "rate_limits": "counters of tries; nobody's rows, and views of members count, too",
}

# The role has no right at all to these. Views of members need none of them.
CLOSED = {
    "account_emailconfirmation": "links of verification mails, handled before anybody is a member",
    "auth_group": "Django's own; Sleek's rights are in merchants/rules",
    "auth_group_permissions": "Django's own; Sleek's rights are in merchants/rules",
    "auth_permission": "Django's own; Sleek's rights are in merchants/rules",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "django_session": "read before a view begins and written after it ended",
    "merchants_user_groups": "Django's own; Sleek's rights are in merchants/rules",
    "merchants_user_user_permissions": "Django's own; Sleek's rights are in merchants/rules",
    "risk_admission": "tries of payers, counted under keyed hashes",
    "risk_tally": "tries of payers, counted under keyed hashes",
    "socialaccount_socialapp": "the operator's own registrations, used before logging in",
    "socialaccount_socialtoken": "what logging in elsewhere left; no view reads it",
    "procrastinate_events": "the worker's jobs, which consumers of events defer",
    "procrastinate_jobs": "the worker's jobs, which consumers of events defer",
    "procrastinate_periodic_defers": "the worker's jobs",
    "procrastinate_workers": "the worker's heartbeats",
}
