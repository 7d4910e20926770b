"""Addresses of payment links and of the counter."""

from __future__ import annotations

from django.urls import path

from sleek.web.dashboard.views.links import counter, lists, making, pages, stickers

urlpatterns = [
    path("links", lists.index, name="link-index"),
    path("links.csv", lists.export, name="link-export"),
    path("links/new", making.create, name="link-create"),
    path("links/preview", making.preview, name="link-preview"),
    path("links/pictures", making.pictures, name="link-pictures"),
    path("links/<str:public_id>", pages.show, name="link-show"),
    path("links/<str:public_id>/look", making.look, name="link-look"),
    path("links/<str:public_id>/look/preview", making.look_preview, name="link-look-preview"),
    path("links/<str:public_id>/pause", pages.pause, name="link-pause"),
    path("links/<str:public_id>/resume", pages.resume, name="link-resume"),
    path("links/<str:public_id>/archive", pages.archive, name="link-archive"),
    path("links/<str:public_id>/qr.<str:kind>", pages.qr, name="link-qr"),
    path("links/<str:public_id>/poster.<str:kind>", pages.poster, name="link-poster"),
    path("links/<str:public_id>/button/<str:form>", pages.button, name="link-button"),
    path("links/<str:public_id>/stickers", stickers.index, name="sticker-index"),
    path("links/<str:public_id>/stickers/<int:per_page>.pdf", stickers.sheet, name="sticker-sheet"),
    path("stickers/<str:public_id>/revoke", stickers.revoke, name="sticker-revoke"),
    path("pleas/<str:public_id>/answer", pages.answer, name="plea-answer"),
    path("counter", counter.create, name="counter-create"),
    path("counter/<str:public_id>", counter.show, name="counter-show"),
    path("counter/<str:public_id>/state", counter.state, name="counter-state"),
]
