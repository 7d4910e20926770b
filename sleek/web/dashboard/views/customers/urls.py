"""Addresses of the address book."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.customers import lists, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers", lists.index, name="customer-index"),
    path("customers.csv", lists.export_csv, name="customer-export"),
    path("customers.xlsx", lists.export_xlsx, name="customer-export-xlsx"),
    path("customers/new", pages.create, name="customer-create"),
    path("customers/like", pages.like, name="customer-like"),
    path("customers/<str:public_id>", pages.show, name="customer-show"),
    path("customers/<str:public_id>/edit", pages.edit, name="customer-edit"),
    path("customers/<str:public_id>/archive", pages.archive, name="customer-archive"),
    path("customers/<str:public_id>/restore", pages.restore, name="customer-restore"),
]
