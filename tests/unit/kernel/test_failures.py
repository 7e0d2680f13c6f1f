"""What a log says of an error nobody expected: where, and nothing it carries."""

from __future__ import annotations

import pytest

from contact_center.kernel.failures import place_of


def deep_down() -> None:
    raise ValueError("+14155550123")


def test_the_place_is_where_it_was_raised_and_not_where_it_was_caught() -> None:
    with pytest.raises(ValueError, match="415") as caught:
        deep_down()

    line = deep_down.__code__.co_firstlineno + 1
    assert place_of(caught.value) == f"test_failures.py:{line}"


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert place_of(ValueError("+14155550123")) == "unknown"
