"""Addresses of the choices that every page offers."""

from __future__ import annotations

from django.urls import path

from sleek.web.ui import views

urlpatterns = [
    path("choose/language", views.choose_language, name="language-choose"),
    path("choose/theme", views.choose_theme, name="theme-choose"),
]
