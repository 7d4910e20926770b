"""Addresses that payers see: short, and not to be guessed."""

from __future__ import annotations

from django.urls import path

from sleek.web.checkout.views import (
    bills,
    closed,
    going,
    introductions,
    links,
    payments,
    preview,
    refunds,
    together,
    transfers,
    verifying,
)

urlpatterns = [
    path("p/<slug:token>/", links.link, name="checkout-link"),
    path("p/<slug:token>/ask/", closed.ask, name="checkout-ask"),
    path("p/<slug:token>/terms", closed.terms, name="checkout-terms"),
    path("s/<slug:token>/", closed.sticker, name="checkout-sticker"),
    path("b/<slug:token>/", bills.bill, name="checkout-bill"),
    path("b/<slug:token>/<slug:paper_id>.pdf", bills.paper, name="checkout-paper"),
    path("b/<str:tokens>/together/", together.together, name="checkout-together"),
    path("i/<slug:token>/", bills.instalment, name="checkout-instalment"),
    path("verify/", verifying.verify, name="checkout-verify"),
    path("v/<slug:code>", verifying.verified, name="checkout-verified"),
    path("preview/<str:sealed>/", preview.show, name="checkout-preview"),
    path("pay/<slug:public_id>/", payments.payment, name="checkout-payment"),
    path("pay/<slug:public_id>/state/", payments.state, name="checkout-state"),
    path("pay/<slug:public_id>/go/<slug:attempt_id>/", going.go, name="checkout-go"),
    path("pay/<slug:public_id>/return/", payments.back, name="checkout-return"),
    path("pay/<slug:public_id>/sent/", transfers.announce, name="checkout-announce"),
    path("pay/<slug:public_id>/wechat/", introductions.wechat, name="checkout-wechat"),
    path(
        "pay/<slug:public_id>/refunds/<slug:refund_id>/missing/",
        refunds.missing,
        name="checkout-refund-missing",
    ),
    path("claim/<str:token>/", refunds.claim, name="checkout-claim"),
    path("pay/<slug:public_id>/receipt.pdf", payments.receipt_pdf, name="checkout-receipt"),
]
