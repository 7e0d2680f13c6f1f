"""A plugin of pytest: every test begins at the instant that TESTS_BEGIN_AT names, an ISO time.

From there time goes on as ever. What is shifted are `time.time`, `time.time_ns` and what is read
from them by default in `time` and `datetime`, in the process of the tests; whoever has a clock of
their own (handlers, emulator, receivers) keeps it. Monotonic clocks stay. Tests that would see two
clocks are skipped: those that start a local system, and those marked real_clock.
"""

from __future__ import annotations

import ctypes
import gc
import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

SHIFTED_CLOCK = "tools.shifted_clock"
BEGIN_AT = "TESTS_BEGIN_AT"
TWO_CLOCKS = "beside processes with a clock of their own"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_real_ns = time.time_ns
_ahead_ns = 0


def set_clock(at: datetime) -> None:
    """Let it be that instant now."""
    global _ahead_ns  # noqa: PLW0603 - there is one clock
    _ahead_ns = (at - EPOCH) // timedelta(microseconds=1) * 1000 - _real_ns()


def time_ns() -> int:
    """Nanoseconds since 1970 by the shifted clock."""
    return _real_ns() + _ahead_ns


def _now(kind: type[datetime], tz: tzinfo | None = None) -> datetime:
    at = EPOCH + timedelta(microseconds=time_ns() // 1000)
    local = at.astimezone(tz)
    fields = (*local.timetuple()[:6], local.microsecond)
    return kind(*fields, tzinfo=None if tz is None else local.tzinfo, fold=local.fold)


def _today(kind: type[Any]) -> Any:  # noqa: ANN401 - a date or a datetime
    return kind.fromtimestamp(time_ns() / 1e9)


def _with_now(told: Callable[..., Any], given: int) -> Callable[..., Any]:
    """A function of `time` whose argument number `given`, an instant, may be left out."""

    def tell(*arguments: Any) -> Any:  # noqa: ANN401 - as what it stands for
        if len(arguments) > given and arguments[given] is not None:
            return told(*arguments)
        return told(*arguments[:given], _instant(told))

    return tell


def _instant(told: Callable[..., Any]) -> Any:  # noqa: ANN401 - seconds, or a struct_time
    seconds = time_ns() / 1e9
    return _localtime(seconds) if told in (_strftime, _asctime) else seconds


_localtime, _strftime, _asctime = time.localtime, time.strftime, time.asctime


def install() -> None:
    """Put the shifted clock in the place of the machine's, in this process and for good."""
    shifted = {
        "time": lambda: time_ns() / 1e9,
        "time_ns": time_ns,
        "gmtime": _with_now(time.gmtime, 0),
        "localtime": _with_now(time.localtime, 0),
        "ctime": _with_now(time.ctime, 0),
        "asctime": _with_now(time.asctime, 0),
        "strftime": _with_now(time.strftime, 1),
    }
    for name, function in shifted.items():
        setattr(time, name, function)
    _set(datetime, "now", classmethod(_now))
    _set(datetime, "utcnow", classmethod(lambda kind: _now(kind, UTC).replace(tzinfo=None)))
    _set(datetime, "today", classmethod(_today))
    _set(date, "today", classmethod(_today))


def _set(kind: type, name: str, method: object) -> None:
    """Replace a method of a type that is written in C, where every module sees it."""
    [members] = gc.get_referents(kind.__dict__)
    members[name] = method
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


BEGINS = datetime.fromisoformat(os.environ[BEGIN_AT]) if BEGIN_AT in os.environ else None
if BEGINS is not None:
    install()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Every test begins at that instant."""
    if BEGINS is None:
        return
    set_clock(BEGINS)
    if item.get_closest_marker("real_clock"):
        pytest.skip(TWO_CLOCKS)


def pytest_sessionstart() -> None:
    """Handlers have a clock of their own: no local system is started."""
    if BEGINS is None:
        return
    from local.cloud.system import LocalSystem  # noqa: PLC0415 - after the clock was shifted

    def start(system: LocalSystem) -> None:
        system._loop.close()  # noqa: SLF001 - what was opened when it was made
        pytest.skip(TWO_CLOCKS)

    setattr(LocalSystem, "start", start)  # noqa: B010 - a plain assignment is none to mypy

    # The dialer holds its clock to the `Date` of the table's answers, which is the emulator's.
    from contact_center.dialing.adapters import stamped_answers  # noqa: PLC0415 - as above

    def stamp(headers: Any) -> int | None:  # noqa: ANN401 - as what it stands for
        stamped_ms: int | None = of_the_emulator(headers)
        return None if stamped_ms is None else stamped_ms + _ahead_ns // 1_000_000

    of_the_emulator = stamped_answers._stamp  # noqa: SLF001 - where a header becomes an instant
    setattr(stamped_answers, "_stamp", stamp)  # noqa: B010 - as above
