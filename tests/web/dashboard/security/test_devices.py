"""The devices on which somebody is logged in, and logging them out."""

from __future__ import annotations

import html
import re

import pytest
from django.utils import translation

from sleek.audit.models import Record
from sleek.merchants.models import Device
from sleek.web.dashboard.security import devices
from tests.conftest import FrozenClock
from tests.web.dashboard.conftest import Visitor, browser, member

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"
)
NAMES = {
    WINDOWS: "Chrome, Windows",
    WINDOWS + " Edg/130.0": "Edge, Windows",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0": "Firefox, Linux",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0"
    " Mobile/15E148 Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36"
    " MicroMessenger/8.0.49": "WeChat, Android",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.6"
    " Safari/605.1.15": "Safari, macOS",
    "curl/8.5": "a browser we do not know",
    "": "a browser we do not know",
}


@pytest.mark.parametrize(("agent", "name"), NAMES.items())
def test_a_device_is_named_in_words(agent: str, name: str) -> None:
    with translation.override("en"):
        assert devices.in_words(agent) == name


def on(agent: str) -> Visitor:
    visitor = browser()
    visitor.log_in()
    visitor.get("/overview", headers={"user-agent": agent})
    return visitor


def ids_on(page: str) -> list[str]:
    return re.findall(r"/settings/security/devices/(dev_\w+)", page)


def test_the_list_tells_this_device_from_the_others(db: None) -> None:
    member()
    here = browser()
    here.log_in()
    on(next(agent for agent in NAMES if "iPhone" in agent))
    page = here.get("/settings/security", headers={"user-agent": WINDOWS}).content.decode()
    assert html.unescape(page).index("Chrome, Windows") < page.index("this device")
    assert "Safari, iPhone" in page
    assert "127.0.0.1" in page
    assert len(ids_on(page)) == 1  # none for this device


def test_a_device_that_is_logged_out_is_out_at_its_next_request(db: None) -> None:
    member()
    here, phone = on(WINDOWS), on("")
    [public_id] = ids_on(here.read("/settings/security"))
    assert phone.get("/overview").status_code == 200
    here.post(f"/settings/security/devices/{public_id}")
    assert phone.get("/overview")["Location"].startswith("/account/log-in")
    assert here.get("/overview").status_code == 200
    assert ids_on(here.read("/settings/security")) == []
    assert Record.objects.filter(action="user.device_logged_out").count() == 1


def test_all_others_are_logged_out_at_once(db: None) -> None:
    member()
    here, phone, tablet = on(WINDOWS), on(""), on("")
    here.post("/settings/security/devices/others")
    for other in (phone, tablet):
        assert other.get("/overview")["Location"].startswith("/account/log-in")
    assert here.get("/overview").status_code == 200
    assert Device.objects.count() == 1


def test_nobody_logs_anothers_device_out(db: None) -> None:
    member()
    member("wei@example.com")
    lin = on(WINDOWS)
    wei = browser()
    wei.log_in("wei@example.com")
    public_id = Device.objects.get().public_id
    assert wei.post(f"/settings/security/devices/{public_id}").status_code == 404
    wei.post("/settings/security/devices/others")
    assert lin.get("/overview").status_code == 200


def test_a_visit_is_noted_once_a_minute(db: None, frozen_clock: FrozenClock) -> None:
    member()
    here = on(WINDOWS)
    first = Device.objects.get().seen_at
    frozen_clock.advance(seconds=59)
    here.get("/overview")
    assert Device.objects.get().seen_at == first
    frozen_clock.advance(seconds=1)
    here.get("/overview")
    assert Device.objects.get().seen_at == frozen_clock.now
    assert Device.objects.get().created_at == first


def test_a_session_that_changes_its_key_stays_one_device(db: None) -> None:
    member()
    here = on(WINDOWS)
    session = here.session
    session.cycle_key()
    session.save()
    here.cookies["sessionid"] = str(session.session_key)
    here.get("/overview")
    assert Device.objects.get().session_key == session.session_key


def test_logging_out_ends_the_device(db: None) -> None:
    member()
    here, phone = on(WINDOWS), on("")
    phone.post("/account/log-out")
    assert ids_on(here.read("/settings/security")) == []
