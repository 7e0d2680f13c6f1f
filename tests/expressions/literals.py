"""Which expressions stand in our adapters, so that none is left out of the check unnoticed.

Two things are looked for, because an expression may be written in one place and sent from another:

    a piece of an expression as text      must be part of some expression that was sent
    a place where `…Expression` is set    must have been run
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HOLE = "\0"  # stands for what an f-string fills in
_FUNCTION = re.compile(
    r"\b(attribute_(not_)?(exists|type)|begins_with|contains|size|list_append|if_not_exists)\("
)
_PLACEHOLDER = re.compile(r"[#:][a-z]\w*")
_VERB = re.compile(r"[<>=]|\b(SET|ADD|REMOVE|DELETE|BETWEEN|IN)\b")


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A piece of an expression as it is written in an adapter."""

    adapter: str
    line: int
    text: str

    def is_in(self, expression: str) -> bool:
        """Whether it can be part of an expression that was sent."""
        parts = [re.escape(part) for part in self.text.split(_HOLE)]
        return re.search(".*".join(parts), expression) is not None

    def __str__(self) -> str:
        return f"{self.adapter}:{self.line}  {self.text.replace(_HOLE, '…')}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an `…Expression` of a request is set."""

    adapter: str
    first_line: int
    last_line: int

    def was_run(self, lines: Mapping[str, set[int]]) -> bool:
        """Whether one of its lines was."""
        ran = lines.get(self.adapter, set())
        return not ran.isdisjoint(range(self.first_line, self.last_line + 1))

    def __str__(self) -> str:
        return f"{self.adapter}:{self.first_line}"


def written(adapters: Mapping[str, str]) -> tuple[list[Piece], list[Place]]:
    """The pieces of expressions, and the places that set one, in files.

    Args:
        adapters: By path, the name that the file goes by.
    """
    pieces: list[Piece] = []
    places: list[Place] = []
    for path, name in sorted(adapters.items()):
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
        pieces += [
            Piece(name, node.lineno, text) for node, text in _texts(tree) if _looks_like_one(text)
        ]
        places += [
            Place(name, value.lineno, value.end_lineno or value.lineno) for value in _values(tree)
        ]
    return sorted(set(pieces)), sorted(set(places))


def unseen(pieces: Sequence[Piece], expressions: Sequence[str]) -> list[Piece]:
    """The pieces that are in none of the expressions."""
    return [piece for piece in pieces if not any(piece.is_in(one) for one in expressions)]


def _looks_like_one(text: str) -> bool:
    if "\n" in text or "/" in text:  # a docstring, an address
        return False
    return bool(_FUNCTION.search(text) or (_PLACEHOLDER.search(text) and _VERB.search(text)))


def _texts(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Every text of a file, an f-string as one, without docstrings."""
    if isinstance(tree, ast.JoinedStr):
        yield tree, "".join(_part(part) for part in tree.values)
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree, tree.value
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _texts(child)


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    return _HOLE


def _values(tree: ast.AST) -> Iterator[ast.expr]:
    """What is set as an `…Expression`: by keyword, in a dict, or into one."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name), value=value) if name.endswith("Expression"):
                yield value
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if _is_name(key):
                        yield value
            case ast.Assign(targets=[ast.Subscript(slice=key)], value=value) if _is_name(key):
                yield value


def _is_name(key: ast.expr | None) -> bool:
    return (
        isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and key.value.endswith("Expression")
    )
