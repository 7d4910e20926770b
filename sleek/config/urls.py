"""Every address of the installation, by audience. Providers' notices are taken beside Django: see `wsgi`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sleek.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("sleek.web.dashboard.urls")),
]
