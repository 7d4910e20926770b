"""What the demo's processes are told, by environment: addresses, the database, and secrets made
once per home.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Production refuses whatever carries this mark.
DEMO = "demo"
DEFAULT_PORT = 8000
DEFAULT_SANDBOX_PORT = 8001
HOST = "127.0.0.1"


class SettingError(ValueError):
    """A setting of the environment can't be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Demo:
    home: Path
    port: int
    sandbox_port: int
    given: Mapping[str, str]

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Demo:
        return cls(
            home=Path(given.get("SLEEK_HOME") or "var").resolve(),
            port=_port(given, "SLEEK_PORT", DEFAULT_PORT),
            sandbox_port=_port(given, "SLEEK_SANDBOX_PORT", DEFAULT_SANDBOX_PORT),
            given=given,
        )

    @property
    def web_url(self) -> str:
        return self.given.get("SLEEK_PUBLIC_URL") or f"http://{HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    def environment(self, database_url: str) -> dict[str, str]:
        return {
            **self._identities(),
            **self.given,
            **self._secrets(),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "sleek.config.settings",
            "PYTHONUNBUFFERED": "1",
            "SLEEK_HOME": str(self.home),
            "SLEEK_MODE": DEMO,
            "SLEEK_PORT": str(self.port),
            "SLEEK_PUBLIC_URL": self.web_url,
            "SLEEK_SANDBOX_PORT": str(self.sandbox_port),
        }

    def _identities(self) -> dict[str, str]:
        """Simulated Google and WeChat; `seed` opens these apps there."""
        return {
            "SLEEK_GOOGLE_CLIENT_ID": f"{DEMO}.apps.googleusercontent.com",
            "SLEEK_GOOGLE_CLIENT_SECRET": f"{DEMO}-secret",
            "SLEEK_GOOGLE_ISSUER": f"{self.sandbox_url}/google",
            "SLEEK_WEIXIN_APP_ID": f"wx{DEMO}",
            "SLEEK_WEIXIN_SECRET": f"{DEMO}-secret",
            "SLEEK_WEIXIN_PAGE_URL": f"{self.sandbox_url}/weixin",
            "SLEEK_WEIXIN_API_URL": f"{self.sandbox_url}/weixin",
        }

    def _secrets(self) -> dict[str, str]:
        file = self.home / "secrets.json"
        if file.exists():
            return dict(json.loads(file.read_text()))
        made = {
            "SLEEK_SECRET_KEY": f"{DEMO}-{secrets.token_urlsafe(48)}",
            "SLEEK_ENCRYPTION_KEYS": f"{DEMO}:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "SLEEK_DEMO_PASSWORD": secrets.token_urlsafe(9),
        }
        self.home.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(made, indent=2) + "\n")
        unfinished.rename(file)
        return made


def is_demo_home(given: Mapping[str, str]) -> bool:
    """Whether commands in this shell mean the demo: nobody says otherwise, and its secrets are
    here.
    """
    if "SLEEK_MODE" in given or "DATABASE_URL" in given:
        return given.get("SLEEK_MODE") == DEMO
    return Path(given.get("SLEEK_HOME") or "var", "secrets.json").exists()


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingError(f"{name}={text} is not a port number.")
    return int(text)
