"""When a provider that was asked too often is asked again, and when nothing is asked any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.provisioning.adapters.asking import Asking, Provider
from contact_center.provisioning.adapters.vapi_account import VapiAccount
from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provisioning_ports import (
    NotAnsweredError,
    OutOfTimeError,
)
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import RawServer, answer

if TYPE_CHECKING:
    from contact_center.kernel.time_left import InTime

TWENTY_PAST = 1_764_500_420_000  # 20 s into a minute of the clock
TOO_OFTEN = "429 Too Many Requests"


class Waiting:
    """Sleeper that turns the clock on, and remembers for how long."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.waited_ms: list[int] = []

    def until(self, at_ms: int) -> None:
        self.waited_ms.append(at_ms - self._clock.now_ms())
        self._clock.at_ms = at_ms


def asking(server: RawServer, in_time: InTime = lambda: True) -> tuple[Asking, Waiting]:
    clock = FakeClock(TWENTY_PAST)
    waiting = Waiting(clock)
    provider = Provider(name="Vapi", base_url=server.url, key_setting="its key", headers={})
    return Asking(provider, clock, waiting, in_time=in_time), waiting


@pytest.mark.parametrize(
    ("says", "waited_ms"),
    [
        ((), [40_000, 60_000]),  # Vapi's limit begins anew with each minute of the clock
        (("Retry-After: 7",), [7_000, 7_000]),
        (("Retry-After: 0",), [0, 0]),
        (("Retry-After: 86400",), [61_000, 61_000]),
        (("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT",), [40_000, 60_000]),
        (
            ("Retry-After: Wed, 21 Oct 2026 07:28:09 GMT", "Date: Wed, 21 Oct 2026 07:28:00 GMT"),
            [9_000, 9_000],
        ),
    ],
)
def test_who_was_asked_too_often_is_asked_again_when_he_will_answer(
    says: tuple[str, ...], waited_ms: list[int]
) -> None:
    with RawServer(answer(TOO_OFTEN, b"{}", *says)) as server:
        asks, waiting = asking(server)
        with pytest.raises(NotAnsweredError, match="asked too often"):
            asks.send("POST", "/credential", {})
    assert waiting.waited_ms == waited_ms

    with RawServer(answer(TOO_OFTEN, b"{}", *says), answer("200 OK", b'{"id": "1"}')) as server:
        asks, waiting = asking(server)
        assert asks.send("POST", "/credential", {}) == {"id": "1"}
    assert waiting.waited_ms == waited_ms[:1]


def test_each_page_and_each_try_is_asked_for_in_time() -> None:
    """A list of many pages, or tries that last, must not outlive whoever has to answer."""
    left = iter([True, True, False])
    page = b'[{"id": "%s", "createdAt": "2026-11-30T00:00:0%sZ"}]'
    pages = [answer("200 OK", page % (one, one)) for one in (b"1", b"2", b"3")]
    with RawServer(*pages) as server:
        asks, _ = asking(server, lambda: next(left))
        with pytest.raises(OutOfTimeError, match="goes on from here"):
            VapiAccount(asks, page=1).found(Kind.ASSISTANT)
        assert len(server.requests) == 2

    left = iter([True, False])
    with RawServer(answer("503 Unavailable")) as server:
        asks, _ = asking(server, lambda: next(left))
        with pytest.raises(OutOfTimeError):
            asks.get("/assistant")
        assert len(server.requests) == 1
