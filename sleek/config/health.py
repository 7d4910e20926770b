"""`/healthz`: this process answers. `/readyz`: so do database, migrations and worker."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from sleek.core import clock

WORKER_SILENCE = timedelta(seconds=60)  # Procrastinate's worker beats every ten seconds


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    try:
        checks = {"database": True, "migrations": _is_migrated(), "worker": _worker_is_alive()}
    except DatabaseError:
        checks = {"database": False}
    is_ready = all(checks.values())
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks},
        status=200 if is_ready else 503,
    )


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker_is_alive() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        [last_beat] = cursor.fetchone() or [None]
    return last_beat is not None and clock.now() - last_beat < WORKER_SILENCE
