"""Migrate, or see at a glance that there is nothing to migrate.

Asking Django takes a second of every start. So after migrating we note what the migrations' files
looked like and how many rows they left in the database; while both are the same, nothing is to be
done.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import psycopg

PACKAGE = Path(__file__).parents[2]
# Other packages whose tables we use.
WITH_MIGRATIONS = ("django", "django-allauth", "procrastinate")
MIGRATE = (
    *(sys.executable, "-m", "sleek.config.cli", "migrate", "--verbosity", "0"),
    "--skip-checks",  # of the code, not of the database: CI makes them, and they take a second
)


class Failed(RuntimeError):
    """The database could not be reached or migrated."""


def apply(home: Path, environment: Mapping[str, str]) -> None:
    note = home / "migrated.json"
    try:
        state = {"files": _fingerprint(), "rows": _count(environment["DATABASE_URL"])}
        if note.exists() and json.loads(note.read_text()) == state:
            return
        if subprocess.run(MIGRATE, env=environment, check=False).returncode:
            raise Failed("The database could not be migrated; its error is above.")
        state["rows"] = _count(environment["DATABASE_URL"])
    except psycopg.OperationalError as error:
        raise Failed(f"The database of DATABASE_URL does not answer: {error}") from None
    note.write_text(json.dumps(state))


def _count(url: str) -> int:
    with psycopg.connect(url, connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in WITH_MIGRATIONS:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    for path in sorted(PACKAGE.glob("*/migrations/*")):
        if path.is_file():
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
