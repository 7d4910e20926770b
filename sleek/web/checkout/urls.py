"""Addresses that payers see: short, and not to be guessed."""

from __future__ import annotations

from django.urls import path

from sleek.web.checkout.views import closed, links, payments, preview

urlpatterns = [
    path("p/<slug:token>/", links.link, name="checkout-link"),
    path("p/<slug:token>/ask/", closed.ask, name="checkout-ask"),
    path("p/<slug:token>/terms", closed.terms, name="checkout-terms"),
    path("s/<slug:token>/", closed.sticker, name="checkout-sticker"),
    path("preview/<str:sealed>/", preview.show, name="checkout-preview"),
    path("pay/<slug:public_id>/", payments.payment, name="checkout-payment"),
    path("pay/<slug:public_id>/state/", payments.state, name="checkout-state"),
    path("pay/<slug:public_id>/return/", payments.back, name="checkout-return"),
    path("pay/<slug:public_id>/receipt.pdf", payments.receipt_pdf, name="checkout-receipt"),
]
