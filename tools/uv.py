"""Run uv with the user's own pip settings: `python tools/uv.py pip sync requirements/dev.txt`.

uv does not read pip's configuration, and where packages come from is each user's decision, written
down there.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Later sections win, as in pip: a command's own over the global one, the environment over both.
SECTIONS = ("global", "install", ":env:")
VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}
# uv splits these at commas, pip at white space.
COMMA_SEPARATED = {"UV_FIND_LINKS"}


def main() -> None:
    uv = Path(sys.executable).with_name("uv")
    os.execve(uv, [str(uv), *sys.argv[1:]], {**_from_pip(), **os.environ})


def _from_pip() -> dict[str, str]:
    environment = {
        # pip asks all indexes and takes the best version; hashes make that safe.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_PYTHON_DOWNLOADS": "never",
    }
    for name, value in _settings().items():
        if variable := VARIABLES.get(name):
            words = [word for word in value.split() if not _is_missing_folder(word)]
            joined = ("," if variable in COMMA_SEPARATED else " ").join(words)
            if joined:
                environment[variable] = joined
    return environment


def _settings() -> Mapping[str, str]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in lines:
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in found[section].items()}


def _is_missing_folder(word: str) -> bool:
    """pip passes over an index folder that is not there; uv would stop."""
    return word.startswith("file://") and not Path(word.removeprefix("file://")).exists()


if __name__ == "__main__":
    main()
