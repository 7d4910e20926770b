"""Addresses of the choices that every page offers, and of merchants' pictures."""

from __future__ import annotations

from django.urls import path

from sleek.web.ui import pictures, views

urlpatterns = [
    path("choose/language", views.choose_language, name="language-choose"),
    path("choose/theme", views.choose_theme, name="theme-choose"),
    path("pictures/<slug:public_id>", pictures.show, name="picture"),
]
