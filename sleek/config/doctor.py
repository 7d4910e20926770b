"""`sleek doctor`: what is missing or unsafe. `serve` and `worker` refuse to start on the same
findings.
"""

from __future__ import annotations

import argparse
import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sleek.config.processes.environment import DEMO

if TYPE_CHECKING:
    from django.db.migrations.loader import MigrationLoader

SECRET_KEY_LENGTH = 40
OLDEST_POSTGRES = (15,)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="sleek doctor", description=__doc__)
    parser.parse_args(arguments)
    from sleek.config.cli import installation

    with installation():
        from django.conf import settings

        findings = list(examine())
        for finding in findings:
            print(f"- {finding}")
        if settings.MODE != "production":
            print(f"SLEEK_MODE={settings.MODE}: good for trying out, not for other people's money.")
        print("Nothing is missing." if not findings else f"{len(findings)} to settle.")
    return 1 if findings else 0


def examine() -> Iterator[str]:
    """Sentences that name the setting. Those about the database come only once it can be asked."""
    import django
    from django.conf import settings

    django.setup()
    if settings.MODE == "production":
        yield from _unsafe_settings()
    yield from _database()


def _unsafe_settings() -> Iterator[str]:
    from django.conf import settings

    if settings.DEBUG:
        yield "Debug pages are on: they show secrets to visitors."
    yield from _secrets(_secret_key(), settings.ENCRYPTION_KEYS)
    if not settings.MAIL_URL:
        yield "SLEEK_MAIL_URL is not set: nobody could confirm an address or reset a password."
    if not settings.STATIC_ROOT.is_dir():
        yield f"{settings.STATIC_ROOT} is missing: run `sleek manage collectstatic --no-input`."
    yield from _identity_providers(settings.SOCIALACCOUNT_PROVIDERS)
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" and public.hostname not in LOOPBACK:
        yield "SLEEK_PUBLIC_URL must begin with https://: passwords and payments pass through it."


def _identity_providers(providers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Whoever speaks for Google could log in as anybody."""
    names = {"ISSUER": "SLEEK_GOOGLE_ISSUER"} | {
        part: f"SLEEK_WEIXIN_{part}" for part in ("PAGE_URL", "API_URL")
    }
    secrets = {"google": "SLEEK_GOOGLE_CLIENT_SECRET", "weixin": "SLEEK_WEIXIN_SECRET"}
    for provider, chosen in providers.items():
        if not chosen["APP"]["secret"]:
            yield f"{secrets[provider]} is not set: nobody could log in with {provider}."
        for part in chosen.keys() & names.keys():
            if urlsplit(chosen[part]).scheme != "https":
                yield f"{names[part]} must begin with https://: it says who somebody is."


def _secret_key() -> str:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's word for an empty one
        return ""


def _secrets(secret_key: str, encryption_keys: str) -> Iterator[str]:
    if secret_key.startswith(DEMO):
        yield "SLEEK_SECRET_KEY is the demo's: make one of your own."
    elif len(secret_key) < SECRET_KEY_LENGTH:
        yield f"SLEEK_SECRET_KEY is missing or shorter than {SECRET_KEY_LENGTH} characters."
    pairs = [pair.partition(":") for pair in encryption_keys.split(",") if pair.strip()]
    if not pairs:
        yield "SLEEK_ENCRYPTION_KEYS is not set: credentials and personal data could not be kept."
    for name, _, key in pairs:
        if name.strip().startswith(DEMO):
            yield f"SLEEK_ENCRYPTION_KEYS holds the demo's key {name.strip()!r}."
        elif not _is_key(key):
            yield f"SLEEK_ENCRYPTION_KEYS: key {name.strip()!r} is not the base64 of 32 bytes."


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False


def _database() -> Iterator[str]:
    from django.conf import settings
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
    except OperationalError as error:
        yield f"DATABASE_URL: the database does not answer ({str(error).strip()})."
        return
    if connection.get_database_version() < OLDEST_POSTGRES:
        yield "DATABASE_URL: PostgreSQL 15 or later is needed."
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield "The database is not up to date: run `sleek migrate`."
        return
    yield from _other_code(executor.loader)
    yield from list(_member_role()) or _unlocked_tables()
    yield from _events_from_the_future()
    if settings.MODE == "production":
        yield from _sandbox_connections()


def _other_code(loader: MigrationLoader) -> Iterator[str]:
    """Older code does not know what newer code's tables want to be told. Of our own apps: another
    package's may go.
    """
    from django.apps import apps

    own = {each.label for each in apps.get_app_configs() if each.name.startswith("sleek.")}
    known = set(loader.disk_migrations or {})
    known.update(old for each in loader.replacements.values() for old in each.replaces)
    strange = set(loader.applied_migrations or {}) - known
    names = sorted(f"{app}.{name}" for app, name in strange if app in own)
    if names:
        yield (
            f"The database is of a newer version: this code does not know {', '.join(names)}. Take "
            "the newer code again, or restore the backup from before the upgrade."
        )


def _member_role() -> Iterator[str]:
    """Roles belong to the server, not to the database: a dump does not bring them along."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_MEMBER_ROLE)
        user, exists, is_too_strong, may_be_taken = cursor.fetchone() or ("", False, False, False)
    make = "CREATE ROLE sleek_member NOLOGIN NOINHERIT; "
    grant = f"GRANT sleek_member TO {user}"
    if not exists or not may_be_taken:
        yield (
            "The back office cannot work as the role sleek_member. As the server's administrator: "
            f"`{'' if exists else make}{grant};`."
        )
    if is_too_strong:
        yield (
            "The role sleek_member passes by row-level security: "
            "`ALTER ROLE sleek_member NOSUPERUSER NOBYPASSRLS;`."
        )


_MEMBER_ROLE = """
    SELECT quote_ident(current_user), member.oid IS NOT NULL,
           coalesce(member.rolsuper OR member.rolbypassrls, false),
           coalesce(pg_has_role(current_user, member.oid, kind), false)
    FROM (SELECT CASE WHEN current_setting('server_version_num')::int < 160000
                      THEN 'MEMBER' ELSE 'SET' END AS kind) version
    LEFT JOIN pg_roles member ON member.rolname = 'sleek_member'
"""


def _unlocked_tables() -> Iterator[str]:
    """As after a dump was restored where the role was missing, or when somebody switched it off."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_UNLOCKED_TABLES)
        names = [name for (name,) in cursor.fetchall()]
    if names:
        yield (
            f"Row-level security is missing from {', '.join(names)}: merchants would not be kept "
            "apart. Make the role sleek_member first and restore the dump anew, "
            "as in docs/operate/install.md."
        )


_UNLOCKED_TABLES = """
    SELECT held.relname
    FROM pg_class held
    LEFT JOIN pg_attribute merchant ON merchant.attrelid = held.oid
        AND merchant.attname = 'merchant_id' AND NOT merchant.attisdropped
    WHERE held.relnamespace = current_schema()::regnamespace AND held.relkind IN ('r', 'p')
      AND CASE WHEN held.relrowsecurity
               THEN NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = held.oid)
               ELSE merchant.attname IS NOT NULL
                    AND has_table_privilege('sleek_member', held.oid, 'SELECT') END
    ORDER BY held.relname
"""


def _events_from_the_future() -> Iterator[str]:
    """A dump in a new cluster: events are read in order of transaction ids, which start over there.

    What is recorded before the remedy has lower ids than what consumers have read, and is never
    read.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        # The snapshot's end is the next id to be given; asking for it uses none up.
        cursor.execute(
            "SELECT max(transaction_id)::text::bigint FROM events_event"
            " WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())"
        )
        [newest] = cursor.fetchone() or [None]
    if newest is not None:
        yield (
            "Events come from another database server and lie ahead of this one's transactions: "
            "new ones would be passed over. Stop PostgreSQL and run "
            f"`pg_resetwal --epoch={(newest >> 32) + 1} -D DATA`, as in docs/operate/install.md."
        )


def _sandbox_connections() -> Iterator[str]:
    """Live money must not go to a simulation, nor to this very machine."""
    from sleek.channels.models import Connection

    for connection in Connection.objects.filter(is_enabled=True).iterator():
        for name, value in connection.unseal().items():
            if value.startswith("http") and urlsplit(value).hostname in LOOPBACK:
                yield f"Connection {connection.public_id}: its {name} points at the sandbox."
