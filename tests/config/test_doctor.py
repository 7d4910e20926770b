"""Production refuses what is fine in a demo, and says which setting to change."""

from __future__ import annotations

import base64

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from sleek.channels.models import Connection
from sleek.config import doctor
from sleek.config.processes import production
from sleek.events import actions as events
from sleek.events.actions import Fact

KEY = base64.b64encode(b"k" * 32).decode()
SAFE = {
    "MODE": "production",
    "DEBUG": False,
    "SECRET_KEY": "s" * 64,
    "ENCRYPTION_KEYS": f"2026:{KEY}",
    "MAIL_URL": "smtp+tls://user:password@mail.example.com",
    "PUBLIC_URL": "https://pay.example.com",
}


def google(secret="s", issuer="https://accounts.google.com"):
    return {"google": {"APP": {"client_id": "a", "secret": secret}, "ISSUER": issuer}}


@pytest.fixture
def safe(settings, tmp_path, db):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    settings.STATIC_ROOT = tmp_path
    return settings


def test_nothing_is_wrong_with_safe_settings(safe):
    assert list(doctor.examine()) == []


@pytest.mark.parametrize(
    ("setting", "value", "finding"),
    [
        ("DEBUG", True, "Debug"),
        ("SECRET_KEY", "", "SLEEK_SECRET_KEY"),
        ("SECRET_KEY", "short", "SLEEK_SECRET_KEY"),
        ("SECRET_KEY", "demo-" + "s" * 64, "SLEEK_SECRET_KEY is the demo's"),
        ("ENCRYPTION_KEYS", "", "SLEEK_ENCRYPTION_KEYS"),
        ("ENCRYPTION_KEYS", f"demo:{KEY}", "SLEEK_ENCRYPTION_KEYS holds the demo's"),
        ("ENCRYPTION_KEYS", "2026:c2hvcnQ=", "not the base64 of 32 bytes"),
        ("ENCRYPTION_KEYS", f"2026:{KEY},2025", "'2025' is not the base64"),
        ("MAIL_URL", "", "SLEEK_MAIL_URL"),
        ("PUBLIC_URL", "http://pay.example.com", "SLEEK_PUBLIC_URL"),
        ("SOCIALACCOUNT_PROVIDERS", google(secret=""), "SLEEK_GOOGLE_CLIENT_SECRET"),
        ("SOCIALACCOUNT_PROVIDERS", google(issuer="http://127.0.0.1:1"), "SLEEK_GOOGLE_ISSUER"),
    ],
)
def test_an_unsafe_setting_is_named_and_stops_the_start(safe, capsys, setting, value, finding):
    setattr(safe, setting, value)
    [sentence] = doctor.examine()
    assert finding in sentence

    assert production.serve([]) == 1
    assert production.worker([]) == 1
    assert finding in capsys.readouterr().err


def test_live_money_does_not_go_to_the_sandbox(safe):
    connection = Connection(channel="stripe", name="Stripe", methods=["card"])
    connection.seal({"secret_key": "sk_1", "api_base": "http://127.0.0.1:8001"})
    connection.save()
    assert list(doctor.examine()) == [
        f"Connection {connection.public_id}: its api_base points at the sandbox."
    ]

    Connection.objects.update(is_enabled=False)
    assert list(doctor.examine()) == []


@pytest.mark.parametrize("ahead", [0, 5, 3 << 32])
def test_events_of_a_restored_dump_stop_the_start_with_the_remedy(settings, committed_db, ahead):
    settings.MODE = "demo"
    with transaction.atomic(), connection.cursor() as cursor:
        # Other databases of the server use up ids as well: one snapshot holds the next one still.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(
            "INSERT INTO events_event (public_id, kind, subject, data, created_at, transaction_id)"
            " SELECT 'evt_1', 'payment.succeeded', 'pay_1', '{}', now(), (xid + %s)::text::xid8"
            " FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid) AS next",
            [ahead],
        )
        [sentence] = doctor.examine()

    assert f"pg_resetwal --epoch={(ahead >> 32) + 1} -D DATA" in sentence


def test_events_of_this_server_are_no_finding(settings, committed_db):
    settings.MODE = "demo"
    events.record([Fact("user.activated", "usr_1", None)])
    assert list(doctor.examine()) == []


def test_a_database_of_newer_code_stops_the_start_and_another_packages_does_not(safe, capsys):
    MigrationRecorder.Migration.objects.create(app="gone", name="0009_of_another_package")
    assert list(doctor.examine()) == []
    MigrationRecorder.Migration.objects.create(app="refunds", name="0099_from_tomorrow")
    [sentence] = doctor.examine()
    assert "does not know refunds.0099_from_tomorrow" in sentence
    assert "restore the backup" in sentence
    assert production.serve([]) == production.worker([]) == 1
    assert "0099_from_tomorrow" in capsys.readouterr().err


def test_the_demo_may_be_a_demo(safe):
    safe.MODE = "demo"
    safe.SECRET_KEY = "demo-secret"
    safe.MAIL_URL = ""
    assert list(doctor.examine()) == []


@pytest.mark.parametrize(
    "loss",
    [
        "DROP POLICY own ON links_sticker",
        "ALTER TABLE links_sticker DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_table_without_its_policy_stops_the_start(safe, loss):
    """As after a restore of a dump into a server without the role, or by somebody's hand."""
    with connection.cursor() as cursor:
        cursor.execute(loss)
    [sentence] = doctor.examine()
    assert "Row-level security is missing from links_sticker:" in sentence
