"""Addresses of refunds in the back office."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.refunds import deciding, lists, making, ruling, ways

REFUNDS: list[URLPattern | URLResolver] = [
    path("refunds", lists.index, name="refund-index"),
    path("refunds.csv", lists.export, name="refund-export"),
    path("payments/<str:public_id>/refund", making.create, name="refund-create"),
    path("refunds/<str:public_id>", lists.show, name="refund-show"),
    path("refunds/<str:public_id>/approve", deciding.approve, name="refund-approve"),
    path("refunds/<str:public_id>/decline", deciding.decline, name="refund-decline"),
    path("refunds/<str:public_id>/call-off", deciding.call_off, name="refund-call-off"),
    path("refunds/<str:public_id>/by-bank", ways.reroute, name="refund-reroute"),
    path("refunds/<str:public_id>/ask-again", ways.ask_again, name="refund-ask-again"),
    path("refunds/<str:public_id>/close-page", ways.revoke, name="refund-revoke"),
    path("refunds/<str:public_id>/account", ways.account, name="refund-account"),
    path("refunds/<str:public_id>/paid", ways.paid, name="refund-paid"),
    path("refunds/<str:public_id>/came-back", ways.came_back, name="refund-came-back"),
    path("settings/refunds", ruling.edit, name="refund-rules"),
]
