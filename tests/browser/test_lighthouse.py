"""Lighthouse's opinion of the checkout on a slow phone, as the installation serves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from statistics import median

from tests.browser.conftest import CHROMIUM, OPTIONS, Demo

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = ROOT / "node_modules/.bin/lighthouse"
LEAST = 0.95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Pages that ask for money stay out of search engines, which protects payers; the audit that counts
# this as a fault of the page's SEO is left out.
SKIPPED = "is-crawlable"
RUNS = 3  # the middle one counts: one hiccup of the machine neither fails nor saves the page
# What Lighthouse says when Chromium's recording of the page load came without an event that it
# counts from. That is no reading, good or bad; it happens once in some twenty on a busy machine.
NOT_RECORDED = frozenset({"NO_TRACING_STARTED", "NO_NAVSTART", "NO_RESOURCE_REQUEST", "NO_FCP"})
MOST_NOT_RECORDED = 3
TIMEOUT_S = 120


def test_lighthouse_gives_the_checkout_at_least_95_in_every_category(
    demo: Demo, tmp_path: Path
) -> None:
    url, file = demo.links["USD"], tmp_path / "reading.json"
    readings = (_reading(url, file) for _ in range(RUNS + MOST_NOT_RECORDED))
    runs = list(islice((scores for scores in readings if scores), RUNS))
    assert len(runs) == RUNS, "Lighthouse could not record the page."
    middle = {name: median(run[name] for run in runs) for name in CATEGORIES}
    assert {name: score for name, score in middle.items() if score < LEAST} == {}, runs


def _reading(url: str, file: Path) -> dict[str, float] | None:
    """The score of each category, 0 to 1; None where the recording failed, not the page.

    It is told in a file: Node ends without waiting until a pipe has taken more than 64 KiB.
    """
    file.unlink(missing_ok=True)
    done = subprocess.run(
        [
            *(str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={file}"),
            f"--skip-audits={SKIPPED}",
            # A slow phone on a slow line is computed from what was loaded, so that the weight of
            # the page is measured and not the machine.
            *("--form-factor=mobile", "--throttling-method=simulate"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags=--headless=new {' '.join(OPTIONS)}",
        ],
        # Node comes with the environment that runs this.
        env=os.environ | {"CHROME_PATH": CHROMIUM, "PATH": _path()},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert file.exists(), done.stderr
    told = json.loads(file.read_text())
    trouble = told.get("runtimeError", {}).get("code")
    if trouble in NOT_RECORDED:
        return None
    assert done.returncode == 0, done.stderr
    return {name: told["categories"][name]["score"] or 0.0 for name in CATEGORIES}


def _path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
