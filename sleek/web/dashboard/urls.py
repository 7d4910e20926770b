"""Addresses of the back office, and of the pages where people sign up and in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from sleek.web.dashboard.views import (
    account,
    activation,
    home,
    links,
    overview,
    payments,
    settings,
    settlements,
    setup,
    wallet,
)

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

OFFICE: list[URLPattern | URLResolver] = [
    path("overview", overview.show, name="overview"),
    path("overview/live", overview.live, name="overview-live"),
    path("links", links.index, name="link-index"),
    path("links/new", links.create, name="link-create"),
    path("links/preview", links.preview, name="link-preview"),
    path("links/<str:public_id>", links.show, name="link-show"),
    path("links/<str:public_id>/pause", links.pause, name="link-pause"),
    path("links/<str:public_id>/resume", links.resume, name="link-resume"),
    path("links/<str:public_id>/qr.<str:kind>", links.qr, name="link-qr"),
    path("payments", payments.index, name="payment-index"),
    path("payments.csv", payments.export, name="payment-export"),
    path("payments/<str:public_id>", payments.show, name="payment-show"),
    path(
        "payments/<str:public_id>/return/<str:attempt_id>",
        payments.return_surplus,
        name="payment-return-surplus",
    ),
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
    *OFFICE,
    path("setup", setup.create, name="setup"),
    path("settings", settings.edit, name="settings-edit"),
    path("settings/password", settings.password, name="password-edit"),
]
