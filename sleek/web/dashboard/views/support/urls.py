"""Addresses of the pages of those who help."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.reconciliation.rules.choices import Choice
from sleek.web.dashboard.views.support import anomalies, decisions, diagnosis, scripts

urlpatterns: list[URLPattern | URLResolver] = [
    path("exceptions", anomalies.index, name="anomaly-index"),
    path("exceptions.csv", anomalies.export, name="anomaly-export"),
    path("exceptions/settle", anomalies.look_at_many, name="anomaly-look-at-many"),
    path("exceptions/<str:public_id>/settle", anomalies.look, name="anomaly-look"),
    *(
        path(
            f"payments/<str:public_id>/{choice}/<str:attempt_id>",
            decisions.decide,
            {"choice": choice},
            name=f"surplus-{choice}",
        )
        for choice in Choice
        if choice != Choice.APPLY
    ),
    path("payments/<str:public_id>/apply/<str:attempt_id>", decisions.apply, name="surplus-apply"),
    path("payments/<str:public_id>/ask", decisions.ask, name="payment-ask"),
    path("troubleshooting", diagnosis.index, name="troubleshooting-index"),
    path("troubleshooting/<str:public_id>", diagnosis.show, name="troubleshooting-show"),
    path("troubleshooting/<str:public_id>/tell", diagnosis.tell, name="payer-tell"),
    path("settings/scripts", scripts.index, name="script-index"),
    path("settings/scripts/<str:language>/<str:matter>", scripts.edit, name="script-edit"),
    path("settings/scripts/<str:language>/<str:matter>/reset", scripts.reset, name="script-reset"),
]
