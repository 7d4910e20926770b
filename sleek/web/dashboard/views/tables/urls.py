"""Addresses of tables, and of where they are uploaded."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.tables import bills, customers, lines, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/import", customers.upload, name="customer-import"),
    path("customers/import.xlsx", customers.template, name="customer-import-template"),
    path("bills/from-table", lines.create, name="bill-from-table"),
    path("bills/many-from-table", bills.upload, name="bills-from-table"),
    path("bills/many.xlsx", bills.template, name="bills-template"),
    path("bills/lines.xlsx", lines.template, name="bill-lines-template"),
    path("bills/<str:public_id>/lines", lines.upload, name="bill-lines"),
    path("tables/<str:public_id>", pages.show, name="table-show"),
    path("tables/<str:public_id>/columns", pages.columns, name="table-columns"),
    path("tables/<str:public_id>/left-out.xlsx", pages.left_out, name="table-left-out"),
]
