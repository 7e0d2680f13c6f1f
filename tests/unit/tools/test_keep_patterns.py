"""The patterns that a build keeps are those that `re` would compile, and only for that compiler."""

from __future__ import annotations

import marshal
import re
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel import late_patterns
from contact_center.kernel.late_patterns import (
    COMPILER,
    KEPT,
    LATE,
    LatePattern,
    any_of,
    late,
    made_of,
    read_kept,
)
from tools.keep_patterns import MODULE, import_users, keep_patterns, kept_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with our package in one of its layers."""
    kernel = tmp_path / "ContactCenterLayer/python/contact_center/kernel"
    kernel.mkdir(parents=True)
    (kernel / MODULE).write_text("")
    return kernel / KEPT


@pytest.fixture
def no_more_patterns() -> Iterator[None]:
    """What a test makes of patterns is no part of the product's."""
    known = list(LATE)
    yield
    LATE[:] = known


def test_what_is_kept_is_what_re_compiles_of_every_pattern() -> None:
    import_users()

    assert len(LATE) > 100
    for pattern in LATE:
        kept, compiled = made_of(pattern.text, kept_of(pattern.text)), re.compile(pattern.text)
        assert kept == compiled, pattern.text  # compares flags and code
        assert (kept.groups, kept.groupindex) == (compiled.groups, compiled.groupindex)


@pytest.mark.parametrize("said", ["a", "b", "c"])
def test_which_group_was_found_last_is_told_by_its_name(said: str) -> None:
    text = "(?P<first>a)|(b)|(?P<third>c)"
    kept, compiled = made_of(text, kept_of(text)).match(said), re.match(text, said)

    assert kept is not None
    assert compiled is not None
    assert (kept.lastgroup, kept.groupdict()) == (compiled.lastgroup, compiled.groupdict())


def test_a_build_keeps_every_pattern_beside_the_module_that_reads_them(build: Path) -> None:
    count = keep_patterns(build.parents[4])

    kept = read_kept(build)
    assert len(kept) == count
    assert {pattern.text for pattern in LATE} <= set(kept)


def test_code_of_another_compiler_is_not_used(build: Path) -> None:
    others = (COMPILER[0] + 1, *COMPILER[1:])
    build.write_bytes(marshal.dumps((others, {"a+": kept_of("b+")})))

    assert read_kept(build) == {}


@pytest.mark.parametrize("content", [b"", b"no marshal", marshal.dumps(7), marshal.dumps((1,))])
def test_a_damaged_file_is_as_none(build: Path, content: bytes) -> None:
    build.write_bytes(content)

    assert read_kept(build) == {}


@pytest.mark.usefixtures("no_more_patterns")
def test_a_pattern_that_was_kept_is_made_of_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_patterns, "_kept", lambda: {"a+": kept_of("b+")})

    assert LatePattern("a+").fullmatch("bb")  # which tells that it was not compiled anew
    assert LatePattern("c+").fullmatch("cc")


@pytest.mark.usefixtures("no_more_patterns")
def test_a_late_pattern_finds_what_its_text_finds() -> None:
    word, several = LatePattern(r"(?P<one>\w)at"), late(["cat", "hat"])

    assert [found["one"] for found in word.finditer("cat hat")] == ["c", "h"]
    assert word.sub(r"\1og", "a cat") == "a cog"
    assert word.match("a cat") is None
    assert word.search("a cat")
    assert [each.fullmatch("hat") is not None for each in several] == [False, True]
    assert any_of(["cat", "hat"]).sub("", "cat hat at") == "  at"


@pytest.mark.usefixtures("no_more_patterns")
def test_nothing_is_compiled_before_it_is_looked_for() -> None:
    broken = LatePattern("(")

    with pytest.raises(re.error):
        broken.search("said")
