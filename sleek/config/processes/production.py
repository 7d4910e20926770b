"""`sleek serve` and `sleek worker`: one process each, for an init system to watch; they refuse an
unsafe start.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sleek.config import doctor
from sleek.config.processes import web
from sleek.config.processes.environment import DEFAULT_PORT, HOST


def serve(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="sleek serve")
    parser.add_argument("--host", default=os.environ.get("SLEEK_HOST", HOST))
    parser.add_argument("--port", type=int, default=os.environ.get("SLEEK_PORT", DEFAULT_PORT))
    parser.add_argument(
        "--workers", type=int, default=os.environ.get("SLEEK_WEB_WORKERS", os.cpu_count() or 1)
    )
    options = parser.parse_args(arguments)
    return _exec(web.command(options.host, options.port, workers=options.workers))


def worker(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="sleek worker").parse_args(arguments)
    return _exec([sys.executable, "-m", "sleek.config.worker"])


def _exec(command: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sleek.config.settings")
    findings = list(doctor.examine())
    if findings:
        print(
            "Sleek does not start:",
            *(f"- {finding}" for finding in findings),
            sep="\n",
            file=sys.stderr,
        )
        return 1
    os.execv(command[0], command)
