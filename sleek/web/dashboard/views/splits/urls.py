"""Addresses of plans and portions."""

from __future__ import annotations

from django.urls import path

from sleek.web.dashboard.views.splits import plans, portions

urlpatterns = [
    path("settings/splits", plans.index, name="plan-index"),
    path("settings/splits/new", plans.create, name="plan-create"),
    path("settings/splits/<str:public_id>/archive", plans.archive, name="plan-archive"),
    path("settings/splits/shares/<str:public_id>/accept", plans.accept, name="share-accept"),
    path("settings/splits/shares/<str:public_id>/decline", plans.decline, name="share-decline"),
    path("links/<str:public_id>/plan", plans.attach, name="link-plan"),
    path("wallet/portions", portions.index, name="portion-index"),
    path("wallet/portions/<str:public_id>/release", portions.release, name="portion-release"),
]
