"""A national list is read in pieces, and a crash anywhere comes to the same."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services import list_steps
from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import ImportState
from tests.bodies import list_said
from tests.unit.lists.national_desk import (
    LONG_MS,
    NUMBERS,
    Desk,
    day,
)


def test_when_time_is_short_the_next_one_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 2)
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)
    told = desk.desk.add(
        list_said({"country": "US", "asOf": day(1), "complete": True}),
        "\n".join(NUMBERS[:7]).encode(),
    )
    import_id, states = str(told["importId"]), []
    for _ in range(50):
        after = import_national_list(import_id, desk.scene.clock.now_ms(), desk.parts)
        assert after is not None
        states.append((after.state, after.offset, after.removed))
        if after.state is ImportState.UNCONFIRMED:
            desk.desk.confirm(import_id)
        if not after.open:
            break

    assert states[-1][0] is ImportState.DONE
    assert len(states) > 5  # a step or a page at a time
    assert desk.listed() == set(NUMBERS[:7])
    assert states == sorted(states, key=lambda one: (one[1], one[2]))
    assert ImportState.UNCONFIRMED in {state for state, _, _ in states}


@pytest.mark.parametrize("call", range(1, 40))
def test_a_crash_anywhere_comes_to_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 3)
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)
    told = desk.desk.add(
        list_said({"country": "US", "asOf": day(1), "complete": True}),
        "\n".join(NUMBERS[:7]).encode(),
    )
    crashes = CrashesOnce(call)
    parts = replace(
        desk.parts,
        imports=crashes.around(desk.parts.imports, "commit"),
        book=crashes.around(desk.parts.book, "mark", "take_off", "count_listed"),
        files=crashes.around(desk.parts.files, "write"),
    )
    import_id = str(told["importId"])
    for _ in range(4):
        try:
            after = import_national_list(import_id, LONG_MS, parts)
        except StoreUnavailableError:
            continue
        if after is not None and after.state is ImportState.UNCONFIRMED:
            desk.desk.confirm(import_id)

    job = desk.scene.imports.read(str(told["importId"]))
    assert job is not None
    assert (job.state, job.rows, job.bad) == (ImportState.DONE, 7, 0)
    assert desk.listed() == set(NUMBERS[:7])


class CrashesOnce:
    """Dies right after, or for want of a reply right behind, the n-th of some calls."""

    def __init__(self, at: int) -> None:
        self.left = at

    def around(self, real: object, *names: str) -> Any:
        crashes = self

        class Around:
            def __getattr__(self, name: str) -> object:
                found = getattr(real, name)
                if name not in names:
                    return found

                def called(*given: object) -> object:
                    crashes.left -= 1
                    if crashes.left == 0:
                        raise StoreUnavailableError
                    answer = found(*given)
                    if crashes.left == -1:
                        raise StoreUnavailableError  # done, and nobody was told
                    return answer

                return called

        return Around()


@pytest.mark.long
def test_memory_does_not_grow_with_the_list(desk: Desk) -> None:
    def peak(numbers: int) -> int:
        lines = "".join(f"212{2_000_000 + at % 900:07d}\n" for at in range(numbers))
        told = desk.desk.add(list_said({"country": "US"}), lines.encode())
        tracemalloc.start()
        desk.work_on(str(told["importId"]))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1_000)  # tables of the number library are read once
    small, large = peak(1_000), peak(4_000)
    assert large - small < 100_000  # a byte a number would be more than steps and caches differ
