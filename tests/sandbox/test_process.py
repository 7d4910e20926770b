"""The program itself: it starts, stops, survives being killed, and is alone on its port."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.sandbox.conftest import ROOT, Sandbox, start_sandbox, stop


def test_it_says_where_it_listens_and_stops_cleanly(tmp_path: Path) -> None:
    process, url = start_sandbox(tmp_path)
    assert httpx.get(f"{url}/healthz", trust_env=False).json() == {"status": "ok"}
    assert stop(process) == 0


def test_accounts_and_sessions_survive_being_killed(tmp_path: Path) -> None:
    process, url = start_sandbox(tmp_path)
    order = {"provider": "stripe", "name": "Mei"}
    first = httpx.post(f"{url}/control/accounts", json=order, trust_env=False).json()
    process.kill()
    process.communicate()
    process, url = start_sandbox(tmp_path)
    again = httpx.post(f"{url}/control/accounts", json=order, trust_env=False).json()
    assert again == first
    stop(process)


def test_a_second_one_refuses_the_same_port(sandbox: Sandbox, tmp_path: Path) -> None:
    port = sandbox.url.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox", "--port", port, "--home", str(tmp_path)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"port {port} is not free" in second.stderr


def test_a_fixed_port_is_free_again_at_once(tmp_path: Path) -> None:
    process, url = start_sandbox(tmp_path)
    httpx.get(f"{url}/", trust_env=False)
    stop(process)
    process, again = start_sandbox(tmp_path, int(url.rpartition(":")[2]))
    assert again == url
    stop(process)


def test_the_schedule_goes_on_while_it_is_down(tmp_path: Path) -> None:
    process, url = start_sandbox(tmp_path)
    with httpx.Client(base_url=url, trust_env=False) as http:
        http.post("/control/clock", json={"scale": 50})
        before = http.get("/control/clock").json()
    stop(process)
    time.sleep(0.05)
    process, url = start_sandbox(tmp_path)
    after = httpx.get(f"{url}/control/clock", trust_env=False).json()
    assert after["scale"] == 50
    assert after["schedule_s"] > before["schedule_s"]
    stop(process)
