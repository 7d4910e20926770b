"""`python -m sandbox --port 8001 --home DIR`: one process, loopback only."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from sandbox import world
from sandbox.app import create_app

HOST = "127.0.0.1"
START_TIMEOUT_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    environment = os.environ
    parser.add_argument(
        "--port", type=int, default=int(environment.get("SLEEK_SANDBOX_PORT", "8001"))
    )
    parser.add_argument("--home", type=Path, default=Path(environment.get("SLEEK_HOME", "var")))
    arguments = parser.parse_args()
    try:
        reservation, port = _reserve(arguments.port)
    except OSError as error:
        sys.exit(f"sandbox: port {arguments.port} is not free: {error}")
    with reservation:
        asyncio.run(_serve(arguments.home, port))


async def _serve(home: Path, port: int) -> None:
    this = world.build(home)
    server = Server(create_app(this), HOST, port, interface=Interfaces.ASGINL, log_enabled=False)
    stop: Callable[[], None] = server.stop
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    sending = asyncio.create_task(this.deliveries.run())
    # A sandbox that no longer sends must not look alive.
    sending.add_done_callback(lambda _: stop())
    announcing = asyncio.create_task(_announce(port))
    await server.serve()
    for task in (sending, announcing):
        task.cancel()
    outcomes = await asyncio.gather(sending, announcing, return_exceptions=True)
    this.store.close()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def _announce(port: int) -> None:
    """Print the address once it answers, so that a parent process can wait for the line."""
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        sys.stdout.write(f"sandbox listening on http://{HOST}:{port}\n")
        sys.stdout.flush()
        return


def _reserve(port: int) -> tuple[socket.socket, int]:
    """Make sure the port is ours alone, and keep it until granian listens there.

    Granian binds with SO_REUSEPORT, so two sandboxes would silently share one port; the
    plain bind finds the other one out. A bound socket that does not listen gets no traffic.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        port = int(probe.getsockname()[1])
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reservation.bind((HOST, port))
    return reservation, port


if __name__ == "__main__":
    main()
