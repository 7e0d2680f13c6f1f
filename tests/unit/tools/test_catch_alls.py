"""Whatever catches everything tells kind and place of it, and never the words of an error.

A loop over many goes on when one of them breaks (docs/planted.md). Whoever reads the alarm has to
find what broke in the log, and an error's own words may be a person's.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HOUSES = (ROOT / "layers" / "contact_center" / "python" / "contact_center", ROOT / "functions")
CATCHES = re.compile(r"except (?:Base)?Exception\b|except:")

# Where the place of a mistake is told by other means, or is nobody's.
SILENT = {
    "campaigns/services/finish_attempts.py": "each is told of alone next: counted against it then",
    "dialing/services/set_aside.py": "its cause was taken before, and is counted beside it",
    "kernel/observability.py": "it is the log itself that does not write",
    "reception/services/connect_caller.py": "the outcome says broken, and is looked up",
    "reception/services/show_visit.py": "the answer names what cannot be read",
    "twilio/door.py": "not even the texts can be read; what broke before was logged",
    "understanding/adapters/bedrock_intents.py": "our own classifier answers instead",
    "vapi/webhooks/told.py": "counted as report_lost by whoever reads it",
}

# They keep kind and place beside the thing (kernel/set_aside.py), and no more.
COUNTED = {"note_failure", "cannot_be_looked_after"}
KIND_ALONE = {"type", "isinstance"}  # what it was, and not where
LOGS_ITSELF = "dialing/services/re"  # of dialing: its own note_failure


@cache
def catch_alls() -> list[tuple[str, ast.ExceptHandler]]:
    texts = {
        str(path.relative_to(house)): path.read_text(encoding="utf-8")
        for house in HOUSES
        for path in sorted(house.rglob("*.py"))
    }
    return [
        (path, node)
        for path, text in texts.items()
        if CATCHES.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    ]


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    return caught is None or (
        isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}
    )


def _nodes(handler: ast.ExceptHandler) -> list[ast.AST]:
    return [node for statement in handler.body for node in ast.walk(statement)]


def _is_error(node: ast.AST, handler: ast.ExceptHandler) -> bool:
    return isinstance(node, ast.Name) and node.id == handler.name


def _tells(handler: ast.ExceptHandler) -> bool:
    """Whether it raises, or hands the error to whoever says where it was raised."""
    return any(
        isinstance(node, ast.Raise)
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) not in KIND_ALONE
            and any(_is_error(one, handler) for one in node.args)
        )
        for node in _nodes(handler)
    )


def _calls(handler: ast.ExceptHandler) -> set[str]:
    calls = (node for node in _nodes(handler) if isinstance(node, ast.Call))
    return {ast.unparse(call.func) for call in calls}


def _makes_a_text(node: ast.AST, handler: ast.ExceptHandler) -> bool:
    match node:
        case ast.FormattedValue():
            return _is_error(node.value, handler)
        case ast.Call(func=ast.Name(id="str" | "repr")):
            return any(_is_error(one, handler) for one in node.args)
        case ast.Attribute(attr="args"):
            return _is_error(node.value, handler)
    return False


def test_whatever_catches_everything_says_where_it_broke() -> None:
    silent = [
        f"{path}:{handler.lineno}"
        for path, handler in catch_alls()
        if path not in SILENT and not _tells(handler)
    ]

    assert silent == [], "log_broken(counter, error), or name it in SILENT with the reason"


def test_what_is_set_aside_is_in_the_log_too() -> None:
    """Counting it may fail, and its tenth failure may be days away."""
    counted = [
        f"{path}:{handler.lineno}"
        for path, handler in catch_alls()
        if _calls(handler) & COUNTED
        and "log_broken" not in _calls(handler)
        and not path.startswith(LOGS_ITSELF)
    ]

    assert counted == []


def test_no_catch_all_makes_a_text_of_an_error() -> None:
    telling = [
        f"{path}:{handler.lineno}"
        for path, handler in catch_alls()
        if any(_makes_a_text(node, handler) for node in _nodes(handler))
    ]

    assert telling == []


@pytest.mark.parametrize("path", SILENT)
def test_what_is_let_off_is_there_and_would_not_pass(path: str) -> None:
    assert not all(_tells(handler) for one, handler in catch_alls() if one == path)
