"""The web server's command line: granian over the WSGI application, with a limit on everything."""

from __future__ import annotations

import sys

# Far more threads than cores: one that has taken a notice waits for the commit it shares with the
# others, and uses neither processor nor database connection meanwhile. Pages wait for a connection
# of the process's pool of 16.
THREADS = 24
# More requests than this wait in the socket's backlog rather than in memory.
BACKPRESSURE = 64
BACKLOG = 1024
HEADER_TIMEOUT_MS = 10_000
STOP_TIMEOUT_S = 5


def command(host: str, port: int, *, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "sleek.config.wsgi:application"),
        *("--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(THREADS)),
        *("--backpressure", str(BACKPRESSURE), "--backlog", str(BACKLOG)),
        *("--http", "1", "--no-ws", "--http1-header-read-timeout", str(HEADER_TIMEOUT_MS)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", str(STOP_TIMEOUT_S), "--log-level", "error"),
    ]
