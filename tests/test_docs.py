"""What the documentation promises is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"""["'](SLEEK_[A-Z_]+|DATABASE_URL)["']""")


def _settings_of_the_code() -> set[str]:
    return {
        name
        for path in (ROOT / "sleek").rglob("*.py")
        for name in SETTING.findall(path.read_text())
    }


def _settings_of_the_example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_every_setting_is_in_the_example_and_none_that_does_not_exist():
    assert _settings_of_the_code() == _settings_of_the_example()
