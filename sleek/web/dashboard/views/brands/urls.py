"""Addresses of the brands and the terms, in the settings."""

from __future__ import annotations

from django.urls import path

from sleek.web.dashboard.views.brands import faces, signing, terms

urlpatterns = [
    path("settings/brands", faces.index, name="brand-index"),
    path("settings/brands/new", faces.create, name="brand-create"),
    path("settings/brands/preview", faces.preview, name="brand-preview"),
    path("settings/brands/terms", terms.edit, name="terms-edit"),
    path("settings/brands/terms/<int:version>", terms.show, name="terms-show"),
    path("settings/brands/signing", signing.show, name="signing-show"),
    path("settings/brands/<str:public_id>", faces.edit, name="brand-edit"),
    path("settings/brands/<str:public_id>/default", faces.make_default, name="brand-default"),
    path("settings/brands/<str:public_id>/archive", faces.archive, name="brand-archive"),
]
