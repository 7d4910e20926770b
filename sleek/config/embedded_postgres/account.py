"""Whom the server runs as.

PostgreSQL refuses to run as root, so root starts it as `nobody`, and whatever that user may not
read is kept where it may, without opening anybody's folders. Everybody else runs it as themselves.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

ROOT_RUNS_AS = "nobody"


class PostgresError(RuntimeError):
    """The server can't be started or stopped; the message says what to do."""


class Account:
    def __init__(self) -> None:
        self.differs = os.geteuid() == 0
        try:
            caller = pwd.getpwuid(os.geteuid())
            self._runs_as = pwd.getpwnam(ROOT_RUNS_AS) if self.differs else caller
        except KeyError as error:
            # initdb insists on a name, for example in a container started under an arbitrary
            # number.
            raise PostgresError(f"{error.args[0]}: name the user, or set DATABASE_URL.") from None
        self.callers = {caller.pw_name, self._runs_as.pw_name}

    def may(self, what: str, path: Path) -> bool:
        """Ask the system rather than guess from permission bits. `what` is an operator of `test`,
        such as -r.
        """
        return not self.differs or self.run("test", what, path).returncode == 0

    def owns(self, path: Path) -> bool:
        return path.lstat().st_uid == self._runs_as.pw_uid

    def give(self, path: Path) -> None:
        if self.differs:
            os.chown(path, self._runs_as.pw_uid, self._runs_as.pw_gid)

    def give_private_folder(self, path: Path) -> None:
        """Make a folder for the server alone. One that somebody else put there first is refused."""
        try:
            path.mkdir(mode=0o700)
            self.give(path)
        except FileExistsError:
            if path.is_symlink() or not self.owns(path):
                raise PostgresError(f"{path} belongs to another user; remove it.") from None

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, with none of the caller's libpq and locale variables."""
        runs_as = self._runs_as if self.differs else None
        return subprocess.run(
            [str(word) for word in command],
            user=runs_as and runs_as.pw_uid,
            group=runs_as and runs_as.pw_gid,
            extra_groups=[] if runs_as else None,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            umask=0o077,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C is the supervisor's, who stops the database last
        )
