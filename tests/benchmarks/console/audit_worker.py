"""A worker: what a page of the audit trail asks of the table, by how much stands there.

    python -m tests.benchmarks.console.audit_worker 10000

So many entries on each of three days, by three people.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from contact_center.audit.adapters.dynamodb_trail import item_of
from contact_center.audit.domain.entries import Entry, mark_of
from tests.benchmarks.console.api_worker import Api
from tests.benchmarks.console.stored_calls import DAY_MS, put
from tests.benchmarks.item_size import item_size
from tests.benchmarks.stage import answer, number_of
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Item

DAYS = 3
AUDIT_DAYS = 400
EVERY_TENTH, EVERY_HUNDREDTH = 10, 100
READ_BYTES = 4_096
APART_MS = 10
EMULATOR_SECONDS = 60.0  # it is slow on a busy machine; what is counted here is no time
SOUGHT = "+14155550199"

type Json = dict[str, Any]


def entries(a_day: int, at_ms: int, key: str) -> Iterator[Entry]:
    """So many on each day: a tenth by Ben, a hundredth by Cy, most by Ada; a hundredth on one."""
    for day in range(DAYS):
        for number in range(a_day):
            mark = mark_of(key, SOUGHT if number % EVERY_HUNDREDTH == 7 else number_of(number))
            is_ben, is_cy = number % EVERY_TENTH == 3, number % EVERY_HUNDREDTH == 5
            yield Entry(
                entry_id=f"{day * a_day + number:032x}",
                at_ms=at_ms - day * DAY_MS - number * APART_MS,
                who="Ben" if is_ben else "Cy" if is_cy else "Ada",
                role="operator",
                action="suppress" if is_ben else "searchCalls",
                kind="change",
                on="customer",
                on_id=f"mark-{mark}",
                customers=(mark,),
                status=200,
            )


def asked(at_ms: int) -> dict[str, dict[str, str]]:
    """What is asked for, by what it is called."""
    yesterday = time.strftime("%Y-%m-%d", time.gmtime((at_ms - DAY_MS) / 1000))
    return {
        "the newest": {},
        "a day": {"day": yesterday},
        "who: nearly all are theirs": {"who": "Ada"},
        "who: a tenth is theirs": {"who": "Ben"},
        "who: a hundredth is theirs": {"who": "Cy"},
        "who: nothing is theirs": {"who": "Nobody"},
        "action: a tenth": {"action": "suppress"},
        "customer: a hundredth is about them": {"customer": SOUGHT},
    }


def main(arguments: list[str]) -> list[Json]:
    """Ask, and say what it took."""
    a_day = int(arguments[0])
    api, at_ms = Api(), now_ms()
    patient: Any = api.app.PARTS.audit().book
    patient._connection._read_seconds = EMULATOR_SECONDS
    key = api.app.PARTS.audit().key.current()
    items: list[Item] = [item_of(one, AUDIT_DAYS) for one in entries(a_day, at_ms, key)]
    put(api.client, api.table, items)
    bytes_each = sum(map(item_size, items)) / len(items)
    found = []
    for name, query in asked(at_ms).items():
        told = api.ask("GET", "/api/audit", body=None, **query)
        found.append(
            {
                "asked": name,
                "requests": told.asked.requests["Query"],
                "rows": len(told.body["entries"]),
                "looked_through": told.asked.looked_through,
                "read_units": told.asked.looked_through * bytes_each / READ_BYTES,
                "goes_on": told.body["nextCursor"] is not None,
            }
        )
    return found


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer({"found": main(sys.argv[1:])}, out)
