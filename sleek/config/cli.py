"""The command `sleek`. Each line of `COMMANDS` is one; what it needs is imported only when it is
called.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sleek.config.processes import garbage

# name: (module:function, what it does). The function takes the remaining words and returns the exit
# code.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("sleek.config.processes.supervisor:up", "run the whole demo in the foreground"),
    "serve": ("sleek.config.processes.production:serve", "run the web server (production)"),
    "worker": (
        "sleek.config.processes.production:worker",
        "run the background worker (production)",
    ),
    "doctor": ("sleek.config.doctor:main", "say what is missing or unsafe in this installation"),
    "migrate": ("sleek.config.cli:migrate", "bring the database up to date"),
    "seed": ("sleek.config.cli:seed", "tell the demo's story once, for var/demo.json"),
    "shell": ("sleek.config.cli:shell", "a Python shell with Sleek loaded"),
    "postgres": ("sleek.config.cli:postgres", "start, stop, name or delete the embedded database"),
    "ledger": ("sleek.config.cli:ledger", "verify: recompute the books and name what is off"),
    "channels": (
        "sleek.config.operator_channels:main",
        "list, add, change: the operator's connections, which serve every merchant",
    ),
    "reports": ("sleek.config.cli:reports", "rebuild: recompute the figures' roll-ups"),
    "audit": ("sleek.config.cli:audit", "verify: recompute the audit log's chains"),
    "secrets": ("sleek.config.cli:secrets", "rewrap: bring secrets under the newest master key"),
    "unlock": ("sleek.config.cli:unlock", "EMAIL: drop the second steps that a person has lost"),
    "manage": ("sleek.config.cli:manage", "any command of Django's"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    garbage.look_rarely()
    parser = argparse.ArgumentParser(prog="sleek", description="Collect small business payments.")
    words = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, purpose) in COMMANDS.items():
        words.add_parser(name, help=purpose, add_help=False)
    chosen, rest = parser.parse_known_args(arguments)
    place, _, function = COMMANDS[chosen.command][0].partition(":")
    return int(getattr(importlib.import_module(place), function)(rest))


def migrate(arguments: Sequence[str]) -> int:
    return manage(["migrate", "--no-input", *arguments])


def shell(arguments: Sequence[str]) -> int:
    return manage(["shell", *arguments])


def manage(arguments: Sequence[str]) -> int:
    with installation():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["sleek manage", *arguments])
    return 0


def secrets(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="sleek secrets")
    parser.add_argument("verb", choices=["rewrap"])
    parser.parse_args(arguments)
    with installation():
        import django

        django.setup()
        from django.db import transaction

        from sleek.channels import actions as channels
        from sleek.core.crypto import Undecryptable
        from sleek.merchants import actions as merchants
        from sleek.notifications import actions as notifications
        from sleek.papers import actions as papers
        from sleek.payments import actions as payments
        from sleek.refunds import actions as refunds

        try:
            with transaction.atomic():
                count = channels.rewrap() + notifications.rewrap_gateways()
                count += refunds.rewrap_claims() + payments.rewrap_saved()
                count += merchants.rewrap_factors() + merchants.rewrap_signing_secrets()
                count += papers.rewrap_certificates()
        except Undecryptable as error:
            print(f"Nothing was changed: {error}. Keep all older keys in SLEEK_ENCRYPTION_KEYS.")
            return 1
    print(f"{count} secrets are under the newest key; older keys are no longer needed.")
    return 0


def unlock(arguments: Sequence[str]) -> int:
    """Somebody who can no longer prove who they are in Sleek must do so to the operator."""
    parser = argparse.ArgumentParser(prog="sleek unlock")
    parser.add_argument("email")
    email = parser.parse_args(arguments).email
    with installation():
        import django

        django.setup()
        from sleek.merchants import actions as merchants
        from sleek.merchants import queries

        user = queries.verified_user(email)
        if user is None:
            print(f"Nobody has the verified address {email}.", file=sys.stderr)
            return 1
        dropped = merchants.drop_factors(user)
    print(
        f"Second steps and transaction password of {email} are dropped. Tell them to set new ones."
        if dropped
        else f"{email} has neither second steps nor a transaction password."
    )
    return 0


def seed(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="sleek seed").parse_args(arguments)
    with installation():
        import django
        from django.conf import settings

        django.setup()
        file = Path(settings.HOME, "demo.json")
        if file.exists():
            print(f"The story is told already: {file}")
            return 0
        importlib.import_module("sleek.config.demo").seed()
    return 0


def ledger(arguments: Sequence[str]) -> int:
    return _verify("ledger", arguments)


def audit(arguments: Sequence[str]) -> int:
    return _verify("audit", arguments)


def reports(arguments: Sequence[str]) -> int:
    """Say where the roll-ups were off; exit code 1 when they were. Afterwards they are right."""
    parser = argparse.ArgumentParser(prog="sleek reports")
    parser.add_argument("verb", choices=["rebuild"])
    parser.parse_args(arguments)
    with installation():
        import django

        django.setup()
        differences = importlib.import_module("sleek.reports.actions").rebuild()
    for difference in differences:
        print(difference, file=sys.stderr)
    print("The roll-ups are rebuilt" + ("; they were right." if not differences else "."))
    return 1 if differences else 0


def _verify(book: str, arguments: Sequence[str]) -> int:
    """Say what is off, the first flaw first; exit code 1 when something is."""
    parser = argparse.ArgumentParser(prog=f"sleek {book}")
    parser.add_argument("verb", choices=["verify"])
    parser.parse_args(arguments)
    with installation():
        import django

        django.setup()
        flaws = importlib.import_module(f"sleek.{book}.queries").verify()
    for flaw in flaws:
        print(flaw, file=sys.stderr)
    print(f"The {book} is whole." if not flaws else f"The {book} is not whole: {len(flaws)} found.")
    return 1 if flaws else 0


def postgres(arguments: Sequence[str]) -> int:
    from sleek.config.embedded_postgres import PostgresError, Server

    parser = argparse.ArgumentParser(prog="sleek postgres")
    parser.add_argument("verb", choices=["start", "stop", "url", "delete"])
    verb = parser.parse_args(arguments).verb
    try:
        server = Server(_home())
        if verb == "stop":
            server.stop()
        elif verb == "delete":
            server.delete()
        elif verb == "start":
            server.start()
            print(server.ensure_database("sleek"))
        else:
            print(server.url("sleek"))
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextmanager
def installation() -> Iterator[None]:
    """Be the demo where nothing says otherwise, and lend it its database if that does not run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sleek.config.settings")
    from sleek.config.processes.environment import Demo, is_demo_home

    if "DATABASE_URL" in os.environ or not is_demo_home(os.environ):
        yield
        return
    from sleek.config.embedded_postgres import Server

    server = Server(_home())
    was_running = server.is_running()
    server.start()
    os.environ.update(Demo.read(os.environ).environment(server.ensure_database("sleek")))
    try:
        yield
    finally:
        if not was_running:
            server.stop()


def _home() -> Path:
    return Path(os.environ.get("SLEEK_HOME") or "var")


if __name__ == "__main__":
    sys.exit(main())
