"""`sleek channels`: connections that serve every merchant."""

from __future__ import annotations

import io
import json

import pytest

from sleek.audit.models import Record
from sleek.channels.models import Connection
from sleek.config import cli
from tests.fakes.channel import Bank


@pytest.fixture(autouse=True)
def _database(committed_db: str, bank: Bank) -> None:
    """The till is one of the channels."""


def told(monkeypatch: pytest.MonkeyPatch, text: str, *words: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return cli.main(["channels", *words])


def test_one_is_added_changed_and_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, json.dumps({"secret": "first"}), "add", "till") == 0
    connection = Connection.objects.get(merchant=None)
    assert capsys.readouterr().out.strip() == connection.public_id
    assert (connection.unseal(), connection.methods) == ({"secret": "first"}, ["card", "alipay"])
    assert Record.objects.get(action="connection.added").actor == "operator"

    told(monkeypatch, json.dumps({"secret": "second"}), "change", connection.public_id)
    connection.refresh_from_db()
    assert connection.unseal() == {"secret": "second"}
    assert told(monkeypatch, "", "list") == 0
    assert f"{connection.public_id}  till  on  card,alipay" in capsys.readouterr().out


def test_a_wallet_needs_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "", "add", "balance") == 0
    assert Connection.objects.get(channel="balance").merchant is None


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("{}", ("add", "nobody"), "There is no channel nobody"),
        ("not json", ("add", "till"), "a JSON object of texts: secret"),
        ('{"secret": 1}', ("add", "till"), "a JSON object of texts: secret"),
        ("{}", ("add", "till"), "This is needed. secret"),
        ("{}", ("change", "con_nobody"), "no connection con_nobody"),
    ],
)
def test_what_cannot_work_is_not_saved(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    assert told(monkeypatch, text, *words) == 1
    assert said in capsys.readouterr().err
    assert not Connection.objects.exists()


def test_nor_what_the_provider_refuses(
    monkeypatch: pytest.MonkeyPatch, bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.refuses = True
    assert told(monkeypatch, '{"secret": "x"}', "add", "till") == 1
    assert "Nothing was saved" in capsys.readouterr().err
    assert not Connection.objects.exists()
