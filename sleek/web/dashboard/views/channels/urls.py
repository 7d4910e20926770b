"""Addresses of the payment channels, in the settings."""

from __future__ import annotations

from django.urls import path

from sleek.web.dashboard.views.channels import connections, upkeep

urlpatterns = [
    path("settings/channels", connections.index, name="channel-index"),
    path("settings/channels/new", connections.choose, name="channel-choose"),
    path("settings/channels/new/<str:channel>", connections.create, name="channel-create"),
    path("settings/channels/<str:public_id>", connections.edit, name="channel-edit"),
    path("settings/channels/<str:public_id>/prices", upkeep.prices_page, name="channel-prices"),
    path("settings/channels/<str:public_id>/test", upkeep.test, name="channel-test"),
    path("settings/channels/<str:public_id>/switch", upkeep.switch, name="channel-switch"),
    path("settings/channels/<str:public_id>/put-away", upkeep.put_away, name="channel-put-away"),
]
