"""Addresses of the back office, and of the pages where people sign up and in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from sleek.web.dashboard.views import (
    account,
    activation,
    alerts,
    home,
    overview,
    payments,
    settings,
    settlements,
    setup,
    wallet,
)
from sleek.web.dashboard.views.banking.urls import urlpatterns as BANKING
from sleek.web.dashboard.views.bills.urls import urlpatterns as BILLS
from sleek.web.dashboard.views.brands.urls import urlpatterns as BRANDS
from sleek.web.dashboard.views.channels.urls import urlpatterns as CHANNELS
from sleek.web.dashboard.views.customers.urls import urlpatterns as CUSTOMERS
from sleek.web.dashboard.views.identities import joining, logins, visits
from sleek.web.dashboard.views.links.urls import urlpatterns as LINKS
from sleek.web.dashboard.views.papers.urls import urlpatterns as PAPERS
from sleek.web.dashboard.views.people import audit, invitations, personal, team, workspaces
from sleek.web.dashboard.views.refunds.urls import REFUNDS
from sleek.web.dashboard.views.security import (
    passkeys,
    second_steps,
    transaction_password,
)
from sleek.web.dashboard.views.security import show as security
from sleek.web.dashboard.views.splits.urls import urlpatterns as SPLITS
from sleek.web.dashboard.views.support.urls import urlpatterns as SUPPORT
from sleek.web.dashboard.views.tables.urls import urlpatterns as TABLES

# Names with underscores are those by which django-allauth asks for them.
PEOPLE: list[URLPattern | URLResolver] = [
    path("account/sign-up", account.sign_up, name="account_signup"),
    path("account/waiting", activation.wait, name="account-waiting"),
    path("account/resend", activation.resend, name="account-resend"),
    path("account/activate/<str:token>", activation.activate, name="account-activate"),
    path("account/activated", activation.activated, name="account-activated"),
    path("account/log-in", account.log_in, name="account_login"),
    path("account/log-out", account.log_out, name="account_logout"),
    path("account/inactive", account.inactive, name="account_inactive"),
    path("account/reset", account.reset, name="account_reset_password"),
    path("account/reset/sent", account.reset_sent, name="account_reset_password_done"),
    path("account/reset/done", account.reset_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^account/reset/(?P<uidb36>usr_[0-9a-z]+)-(?P<key>[-\w]+)$",
        account.reset_confirm,
        name="account_reset_password_from_key",
    ),
]

# Logging in with the word of Google or WeChat, and the ways to log in that a person has.
IDENTITIES: list[URLPattern | URLResolver] = [
    path("account/with/<str:provider>", visits.start, name="identity-start"),
    path("account/with/<str:provider>/back", visits.back, name="identity-back"),
    path("account/join", joining.join, name="identity-join"),
    path("account/join/leave", joining.leave, name="identity-leave"),
    path("account/prove/<str:token>", joining.prove, name="identity-prove"),
]

PERSONAL: list[URLPattern | URLResolver] = [
    path("settings/logins", logins.index, name="login-index"),
    path("settings/logins/arrived", joining.connect, name="identity-connect"),
    path("settings/logins/merge", logins.merge, name="identity-merge"),
    path("settings/logins/<str:provider>/connect", logins.connect, name="login-connect"),
    path("settings/logins/<str:public_id>/disconnect", logins.disconnect, name="login-disconnect"),
]

TEAM: list[URLPattern | URLResolver] = [
    path("workspaces/switch", workspaces.switch, name="workspace-switch"),
    path("join/<str:token>", invitations.show, name="invitation-show"),
    path("invitations", invitations.index, name="invitation-index"),
    path("invitations/<str:public_id>/accept", invitations.accept, name="invitation-accept"),
    path("settings/team", team.index, name="team-index"),
    path("settings/team/invite", team.invite, name="team-invite"),
    path("settings/team/leave", team.leave, name="team-leave"),
    path(
        "settings/team/invitations/<str:public_id>/resend",
        team.invite_again,
        name="team-invite-again",
    ),
    path("settings/team/invitations/<str:public_id>/withdraw", team.withdraw, name="team-withdraw"),
    path("settings/team/<str:public_id>/role", team.change_role, name="team-role"),
    path("settings/team/<str:public_id>/remove", team.remove, name="team-remove"),
    path("settings/audit", audit.index, name="audit-index"),
    path("settings/audit.csv", audit.export, name="audit-export"),
    path("settings/data", personal.show, name="personal-show"),
    path("settings/data.json", personal.export, name="personal-export"),
    path("settings/data/erase", personal.erase, name="personal-erase"),
]

SECURITY: list[URLPattern | URLResolver] = [
    path("account/second-step", second_steps.ask, name="mfa_authenticate"),
    path("account/passkey", passkeys.log_in, name="passkey-log-in"),
    path("account/passkey/challenge", passkeys.challenge, name="passkey-challenge"),
    path("settings/security", security.show, name="security-show"),
    path("settings/security/app", second_steps.turn_on, name="totp-create"),
    path("settings/security/app/off", second_steps.turn_off, name="totp-delete"),
    path("settings/security/codes", second_steps.renew_codes, name="recovery-renew"),
    path("settings/security/passkeys/new", passkeys.create, name="passkey-create"),
    path("settings/security/passkeys/begin", passkeys.begin, name="passkey-begin"),
    path(
        "settings/security/passkeys/<str:public_id>/remove",
        passkeys.delete,
        name="passkey-delete",
    ),
    path(
        "settings/security/transaction-password",
        transaction_password.edit,
        name="transaction-password-edit",
    ),
    path(
        "settings/security/transaction-password/forgotten",
        transaction_password.reset,
        name="transaction-password-reset",
    ),
    path("settings/security/devices/others", security.log_out_others, name="device-log-out-others"),
    path("settings/security/devices/<str:public_id>", security.log_out, name="device-log-out"),
]

ALERTS: list[URLPattern | URLResolver] = [
    path("settings/alerts", alerts.index, name="alert-index"),
    path("settings/alerts/new", alerts.create, name="alert-create"),
    path("settings/alerts/gateways/new", alerts.add_gateway, name="gateway-create"),
    path("settings/alerts/gateways/<str:public_id>/try", alerts.try_gateway, name="gateway-try"),
    path(
        "settings/alerts/gateways/<str:public_id>/remove",
        alerts.remove_gateway,
        name="gateway-remove",
    ),
    path("settings/alerts/<str:public_id>", alerts.edit, name="alert-edit"),
    path("settings/alerts/<str:public_id>/remove", alerts.remove, name="alert-remove"),
]

OFFICE: list[URLPattern | URLResolver] = [
    path("overview", overview.show, name="overview"),
    path("overview/live", overview.live, name="overview-live"),
    *LINKS,
    *TABLES,
    *BILLS,
    *PAPERS,
    *BRANDS,
    *SPLITS,
    *CHANNELS,
    path("payments", payments.index, name="payment-index"),
    path("payments.csv", payments.export, name="payment-export"),
    path("payments/<str:public_id>", payments.show, name="payment-show"),
    path("payments/saved/<str:public_id>/forget", payments.forget, name="saved-forget"),
    *CUSTOMERS,
    *SUPPORT,
    *BANKING,
    path("wallet", wallet.index, name="wallet-index"),
    path("wallet/journal", wallet.journal, name="wallet-journal"),
    path("wallet/settlements", settlements.index, name="wallet-settlements"),
    path("wallet/settlements/<str:public_id>", settlements.show, name="wallet-settlement"),
    path(
        "wallet/<str:currency>/settle/<str:channel>",
        settlements.create,
        name="wallet-settlement-create",
    ),
    path("wallet/<str:currency>/<str:code>", wallet.account, name="wallet-account"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.show, name="home"),
    path("legal/<slug:document>", home.document, name="document-show"),
    *PEOPLE,
    *IDENTITIES,
    *PERSONAL,
    *TEAM,
    *SECURITY,
    *ALERTS,
    *OFFICE,
    *REFUNDS,
    path("setup", setup.create, name="setup"),
    path("settings", settings.edit, name="settings-edit"),
    path("settings/bank", settings.bank, name="bank-edit"),
    path("settings/password", settings.password, name="password-edit"),
]
