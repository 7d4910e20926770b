"""Every address of the installation, by audience.

Providers' notices are taken beside Django: see `wsgi`.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sleek.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("sleek.web.ui.urls")),
    path("", include("sleek.web.checkout.urls")),
    path("", include("sleek.web.dashboard.urls")),
]

handler400 = "sleek.web.ui.views.bad_request"
handler403 = "sleek.web.ui.views.forbidden"
handler404 = "sleek.web.ui.views.not_found"
handler429 = "sleek.web.ui.views.too_many_requests"
handler500 = "sleek.web.ui.views.server_error"
