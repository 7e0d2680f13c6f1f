"""A name at the top of a module is given once: the second silently takes the place of the first."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

PRODUCT = Path(__file__).resolve().parents[3] / "layers/contact_center/python/contact_center"


def twice_in(source: str) -> list[str]:
    """Names that a module assigns or defines more than once, outside of any branch."""
    names: Counter[str] = Counter()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            names.update(to.id for to in node.targets if isinstance(to, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] += 1
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] += 1
    return sorted(name for name, times in names.items() if times > 1)


def test_a_second_name_is_seen() -> None:
    assert twice_in('TURN = "TURN#"\nOTHER = 1\nTURN = "TURN"\n') == ["TURN"]
    assert twice_in("def one() -> None: ...\none = 1\n") == ["one"]


def test_no_module_of_ours_gives_a_name_twice() -> None:
    found = {file.name: twice_in(file.read_text("utf-8")) for file in PRODUCT.rglob("*.py")}
    assert {name: twice for name, twice in found.items() if twice} == {}
