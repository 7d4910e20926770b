"""Addresses of the settings of papers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.papers import dressing, numbering

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/numbers", numbering.index, name="number-index"),
    path("settings/numbers/example", numbering.example, name="number-example"),
    path("settings/numbers/<str:kind>/new", numbering.create, name="series-create"),
    path("settings/review", numbering.review, name="review-rules"),
    path("settings/papers", dressing.index, name="design-index"),
    path("settings/papers/new", dressing.create, name="design-create"),
    path("settings/papers/preview", dressing.preview, name="design-preview"),
    path("settings/papers/seals/new", dressing.add_seal, name="seal-create"),
    path(
        "settings/papers/seals/<str:public_id>/archive", dressing.archive_seal, name="seal-archive"
    ),
    path("settings/papers/certificate", dressing.make_certificate, name="certificate-make"),
    path(
        "settings/papers/certificate/import",
        dressing.import_certificate,
        name="certificate-import",
    ),
    path("settings/papers/<str:public_id>", dressing.edit, name="design-edit"),
    path("settings/papers/<str:public_id>/usual", dressing.make_default, name="design-default"),
    path("settings/papers/<str:public_id>/archive", dressing.archive, name="design-archive"),
]
