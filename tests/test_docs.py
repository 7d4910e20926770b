"""What the documentation promises is what the code does."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sleek.channels.base import Outcome, Report
from sleek.config.cli import COMMANDS
from sleek.core.money import Money
from sleek.payments import rules as payments
from sleek.payments.rules import AttemptStatus, PaymentStatus, Situation
from sleek.refunds import rules as refunds

ROOT = Path(__file__).resolve().parent.parent
SLEEK = ROOT / "sleek"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
SETTING = re.compile(r"""["'](SLEEK_[A-Z_]+|DATABASE_URL)["']""")
CODE = re.compile(r"`([^`\n]+)`")
KIND = re.compile(r"[a-z]+\.[a-z_]+")
LOGS = re.compile(r"logger\.|logging\.")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(name: str) -> str:
    return (ROOT / name).read_text()


def _words(text: str) -> set[str]:
    """What stands in backticks."""
    return set(CODE.findall(text))


@cache
def _rows(name: str) -> list[list[str]]:
    """The cells of every table's rows in a document."""
    lines = [line for line in _text(name).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _documented(name: str, *, column: int = 0) -> set[str]:
    return set().union(*(_words(row[column]) for row in _rows(name)))


def _sources(pattern: str = "**/*.py") -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SLEEK.glob(pattern)):
        if "migrations" not in path.parts:
            yield path, _tree(path)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _classes(pattern: str = "**/*.py") -> Iterator[tuple[ast.ClassDef, set[str]]]:
    """Each class with the last words of its bases' names."""
    for _, tree in _sources(pattern):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield node, {ast.unparse(base).rpartition(".")[2] for base in node.bases}


def _values(node: ast.ClassDef) -> dict[str, str]:
    """The texts that a class's body assigns, by name."""
    found: dict[str, str] = {}
    for line in node.body:
        if not isinstance(line, ast.Assign | ast.AnnAssign):
            continue
        target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
        value = line.value
        if isinstance(value, ast.Tuple):  # a choice with its label
            value = value.elts[0]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[ast.unparse(target)] = value.value
    return found


# Settings


def _settings_of_the_code() -> set[str]:
    return {name for path in SLEEK.rglob("*.py") for name in SETTING.findall(path.read_text())}


def _settings_of_the_example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", _text(".env.example"), re.MULTILINE))


def test_every_setting_is_in_the_example_and_none_that_does_not_exist():
    assert _settings_of_the_code() == _settings_of_the_example()


# Events, and the acts of the audit log


def _kinds_of_the_code() -> set[str]:
    """Texts like `payment.succeeded` that are handed to a call in a module that records."""
    kinds: set[str] = set()
    for _, tree in _sources():
        if not _records(tree):
            continue
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and not LOGS.match(ast.unparse(call.func)):
                kinds = kinds.union(*map(_kinds, call.args))
    return kinds


def _records(tree: ast.Module) -> bool:
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    recording = {
        "sleek.events",
        "sleek.events.actions",
        "sleek.audit",
        "sleek.invoices.actions.drafting",
    }
    return bool(modules & recording)


def _kinds(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        noun = str(argument.values[0].value)
        is_kind = re.fullmatch(r"[a-z]+\.", noun) is not None
        return {noun + ending for ending in ENDINGS[noun]()} if is_kind else set()
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value} if KIND.fullmatch(argument.value) else set()
    return set()


def _attempts_endings() -> set[str]:
    """What a report can make of an attempt, other than bringing money."""
    asked = Money(100, "USD")
    situations = [
        Situation(payment, attempt, asked, knows_fee=False, has_other_held=other)
        for payment in PaymentStatus
        for attempt in AttemptStatus
        for other in (True, False)
    ]
    verdicts = [
        (now, payments.judge(now, Report("att_1", outcome, amount)))
        for now in situations
        for outcome in Outcome
        for amount in (None, asked)
    ]
    return {
        then.attempt for now, then in verdicts if not then.received and then.attempt != now.attempt
    }


def _refunds_endings() -> set[str]:
    was = (refunds.RefundStatus.PENDING, refunds.RefundStatus.SUCCEEDED)
    return {then for now in was for then in refunds.MOVES[now]}


ENDINGS = {"attempt.": _attempts_endings, "refund.": _refunds_endings}


def test_every_kind_of_event_and_act_is_documented_and_none_that_does_not_exist():
    documented = {word for word in _documented("docs/events.md") if KIND.fullmatch(word)}
    assert documented == _kinds_of_the_code()


# Errors


def _errors_of_the_code() -> dict[str, str]:
    """Every refusal with its code, which it may inherit."""
    codes = {"SleekError": "refused"}
    classes = [*_classes()]
    for _ in range(3):  # deep enough for any family of ours
        for node, bases in classes:
            for base in bases & codes.keys():
                codes[node.name] = _values(node).get("code", codes[base])
    return codes


def test_every_error_and_its_code_are_documented_and_none_that_does_not_exist():
    rows = [
        (_words(name), _words(code)) for name, code, *_ in _rows("docs/errors.md") if _words(name)
    ]
    documented = {name: code for names, codes in rows for name in names for code in codes}
    assert documented == _errors_of_the_code()
    assert len({*documented.values()}) == len(documented)


# The glossary


def test_every_model_is_in_the_glossary():
    parents = {"Model", "AbstractBaseUser"}
    models = {node.name for node, bases in _classes("**/models.py") if bases & parents}
    assert models - _documented("docs/glossary.md") == set()
    assert len(models) > 15


def _closed_sets() -> dict[str, set[str]]:
    files = ("*/rules.py", "*/rules/*.py", "*/models.py", "channels/base.py")
    return {
        node.name: {*_values(node).values()} - {""}
        for pattern in files
        for node, bases in _classes(pattern)
        if bases & {"StrEnum", "TextChoices"}
    }


def test_every_closed_set_is_in_the_glossary_with_all_its_values():
    documented = {
        name: _words(row[1])
        for row in _rows("docs/glossary.md")
        for name in _words(row[0])
        if len(row) == 2
    }
    assert documented == _closed_sets()


def test_every_recipe_and_every_account_is_in_the_glossary():
    tree = _tree(SLEEK / "ledger" / "recipes.py")
    recipes = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    accounts = {
        ast.unparse(node.elts[0]).removeprefix("f").strip("'\"")
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple) and not isinstance(node.elts[0], ast.Name)
    }
    words = _documented("docs/glossary.md")
    assert recipes - words == set()
    assert accounts - words == set()
    assert {"payment_succeeded", "clearing:{channel}", "bank"} <= recipes | accounts


# Channels, dependencies, commands


def test_every_channel_has_its_page_and_no_page_is_without_a_channel():
    [channels] = [
        ast.literal_eval(node.value)
        for node in _tree(SLEEK / "channels" / "registry.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_CHANNELS"
    ]
    pages = {path.stem for path in (ROOT / "docs" / "channels").glob("*.md")}
    assert pages == set(channels)


def test_every_dependency_says_what_it_is_for():
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    needed = {re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["dependencies"]}
    assert _documented("docs/decisions/0011-dependencies.md") == needed


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_commands_that_are_named_exist(path: Path):
    text = path.read_text()
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    made = re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)`", text)
    run = re.findall(r"(?:`|\.venv/bin/)sleek ([a-z]+)", text)
    assert set(made) - targets == set()
    assert set(run) - COMMANDS.keys() == set()


# The documents themselves


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_links_between_documents_lead_somewhere(path: Path):
    lost = []
    for link in LINK.findall(path.read_text()):
        place, _, anchor = link.partition("#")
        target = path.parent / place if place else path
        if place.startswith(("http:", "https:", "mailto:")):
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert lost == []


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DECISIONS, ids=_name)
def test_a_decision_is_one_page_with_all_its_parts(path: Path):
    text = path.read_text()
    parts = ["**Status:**", "## Context", "## Decision", "## Consequences", "## Alternatives"]
    places = [text.find(part) for part in parts]
    assert text.startswith(f"# {path.name[:4]} ")
    assert -1 not in places
    assert places == sorted(places)
    assert len(text.split()) < 700
    assert path.name in _text("docs/decisions/README.md")


def test_log_lines_that_operators_are_told_about_exist():
    written = "\n".join(path.read_text() for path in SLEEK.rglob("*.py"))
    told = {word for word in _documented("docs/operate/health.md") if KIND.fullmatch(word)}
    assert [line for line in sorted(told) if f'"{line}"' not in written] == []
    assert len(told) > 10
