"""Addresses that payers see. Both are short, and neither can be guessed."""

from __future__ import annotations

from django.urls import path

from sleek.web.checkout.views import links, payments

urlpatterns = [
    path("p/<slug:token>/", links.link, name="checkout-link"),
    path("pay/<slug:public_id>/", payments.payment, name="checkout-payment"),
    path("pay/<slug:public_id>/state/", payments.state, name="checkout-state"),
    path("pay/<slug:public_id>/return/", payments.back, name="checkout-return"),
    path("pay/<slug:public_id>/receipt.pdf", payments.receipt_pdf, name="checkout-receipt"),
]
