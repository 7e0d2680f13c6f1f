"""How long somebody else's server asks us to wait: RFC 9110, 10.2.3."""

from __future__ import annotations

import pytest

from contact_center.web.retry_after import told_wait_ms


@pytest.mark.parametrize(
    ("said", "wait_ms"),
    [
        ("7", 7_000),
        ("2.5", 2_500),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("9" * 11, 86_400_000),
        ("9" * 16, None),
    ],
)
def test_a_wait_is_a_number_of_seconds(said: str, wait_ms: int | None) -> None:
    assert told_wait_ms({"retry-after": said}) == wait_ms


@pytest.mark.parametrize(
    ("until", "now", "wait_ms"),
    [
        ("Wed, 21 Oct 2026 08:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 3_600_000),
        ("Wed, 21 Oct 2026 07:00:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 86_400_000),
        ("Wed, 21 Oct 2026 08:28:00 GMT", "", None),
        ("Wed, 21 Oct 2026 08:28:00 GMT", "today", None),
        ("Wed, 21 Oct 2026 08:28:00", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        (f"Wed, 21 Oct {'9' * 20} 08:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_a_wait_until_a_date_is_reckoned_by_the_clock_of_who_says_it(
    until: str, now: str, wait_ms: int | None
) -> None:
    assert told_wait_ms({"retry-after": until, "date": now}) == wait_ms


def test_who_says_more_than_is_waited_is_waited_for_no_longer() -> None:
    now, later = "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 08:28:00 GMT"

    assert told_wait_ms({"retry-after": "61"}, 60_000) == 60_000
    assert told_wait_ms({"retry-after": later, "date": now}, 60_000) == 60_000
