"""The house style, as far as a machine can see it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_POSITIONAL = 5
MAX_FILES_IN_FOLDER = 12
PROGRAM = ("sleek", "sandbox", "tools")
BANNED_NAMES = frozenset({"utils", "helpers", "common", "misc", "manager", "util", "helper"})
WRITES = frozenset(
    {"save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create"}
)
MONEY = re.compile(
    r"sleek/(core/money|ledger/.*|fees/.*|fx/rules|payments/rules|refunds/rules)\.py$"
)
NETWORK_CALLS = re.compile(
    r"\b(http\.send|httpx\.(get|post|put|request|Client)|urlopen|channel\.(start|fetch|refund))\("
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _sources(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a file's, the module first."""
    return tuple(ast.walk(ast.parse(path.read_text(), str(path))))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in _nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def _calls(path: Path) -> list[tuple[int, str]]:
    calls = [node for node in _nodes(path) if isinstance(node, ast.Call)]
    return [(call.lineno, ast.unparse(call.func)) for call in calls]


def test_files_are_short():
    files = _sources(*PROGRAM, "tests", "bench")
    long = [_name(path) for path in files if len(path.read_text().splitlines()) > MAX_FILE_LINES]
    assert long == []


def test_functions_are_short_and_take_few_positional_arguments():
    offences = []
    for path in _sources(*PROGRAM, "tests", "bench"):
        for function in _functions(path):
            lines = (function.end_lineno or 0) - function.lineno + 1
            arguments = function.args
            names = [a.arg for a in arguments.posonlyargs + arguments.args]
            positional = [name for name in names if name not in {"self", "cls"}]
            # What a test takes are fixtures.
            is_test = function.name.startswith("test_")
            if lines > MAX_FUNCTION_LINES or (len(positional) > MAX_POSITIONAL and not is_test):
                offences.append(f"{_name(path)}:{function.lineno} {function.name}")
    assert offences == []


def test_folders_hold_few_files():
    folders = {path.parent for path in _sources(*PROGRAM)}
    crowded = [_name(f) for f in folders if len(list(f.glob("*.py"))) > MAX_FILES_IN_FOLDER]
    assert crowded == []


def test_names_say_something():
    offences = [_name(p) for p in _sources(*PROGRAM, "tests") if p.stem in BANNED_NAMES]
    offences += [
        _name(path)
        for path in _sources("sleek")
        if path.stem == "base" and _name(path) != "sleek/channels/base.py"
    ]
    assert offences == []


def test_nothing_is_left_to_do():
    mark = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    texts = [p for s in ("*.py", "*.html", "*.md", "*.css") for p in (ROOT / "sleek").rglob(s)]
    texts += _sources("sandbox", "tests", "tools")
    assert [_name(path) for path in texts if mark.search(path.read_text())] == []


@pytest.mark.parametrize(
    "package", [p.parent for p in sorted((ROOT / "sleek").glob("*/__init__.py"))], ids=_name
)
def test_every_package_says_what_it_is(package: Path):
    module = _nodes(package / "__init__.py")[0]
    assert isinstance(module, ast.Module)
    assert ast.get_docstring(module)


def test_views_write_nothing():
    offences = [
        f"{_name(path)}:{line} {call}"
        for path in _sources("sleek/web")
        if path.stem == "views" or "views" in path.parts
        for line, call in _calls(path)
        if call.rpartition(".")[2] in WRITES and ("objects" in call or call.endswith(".save"))
    ]
    assert offences == []


def test_rows_are_locked_by_actions_only():
    offences = [
        f"{_name(path)}:{line}"
        for path in _sources("sleek")
        if path.stem != "actions" and "actions" not in path.parts
        for line, call in _calls(path)
        if call.endswith("select_for_update")
    ]
    assert offences == []


def test_no_network_call_is_written_inside_a_transaction():
    """What hides behind a function is caught when it runs: `core.http` refuses."""
    offences = []
    for path in _sources("sleek"):
        for node in _nodes(path):
            if _is_atomic(node) and NETWORK_CALLS.search(ast.unparse(node)):
                offences.append(f"{_name(path)}:{getattr(node, 'lineno', 0)}")
    assert offences == []


def _is_atomic(node: ast.AST) -> bool:
    if isinstance(node, ast.With):
        return any("atomic" in ast.unparse(item.context_expr) for item in node.items)
    if isinstance(node, ast.FunctionDef):
        return any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list)
    return False


def test_time_and_chance_come_from_core():
    sources = re.compile(
        r"(^|\.)(datetime\.(now|utcnow|today)|timezone\.now|date\.today|uuid[14])$"
    )
    offences = [
        f"{_name(path)}:{line} {call}"
        for path in _sources("sleek")
        if "core" not in path.parts
        for line, call in _calls(path)
        if sources.search(call)
    ]
    assert offences == []


def test_no_float_comes_near_money():
    offences = []
    for path in _sources("sleek"):
        if not MONEY.search(_name(path)):
            continue
        for node in _nodes(path):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            names_float = isinstance(node, ast.Name) and node.id == "float"
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if is_float or names_float or divides:
                offences.append(f"{_name(path)}:{getattr(node, 'lineno', 0)}")
    assert offences == []


def test_pages_load_nothing_from_elsewhere():
    foreign = re.compile(
        r"""(?:src|href|action)=["'](?:https?:)?//|@import|url\(["']?(?:https?:)?//"""
    )
    pages = [p for s in ("*.html", "*.css") for p in (ROOT / "sleek").rglob(s)]
    assert [_name(path) for path in pages if foreign.search(path.read_text())] == []


def test_lock_files_name_no_registry():
    locks = [*ROOT.glob("requirements/*"), ROOT / "package-lock.json", ROOT / ".npmrc"]
    urls = re.compile(r"https?://|--(extra-)?index-url|resolved")
    found = {
        path.name: urls.findall(path.read_text().replace("omit-lockfile-registry-resolved", ""))
        for path in locks
    }
    # npm notes where to give money to an author; that is no place packages come from.
    found["package-lock.json"] = re.findall(r'"resolved"', (ROOT / "package-lock.json").read_text())
    assert {name: hits for name, hits in found.items() if hits} == {}
