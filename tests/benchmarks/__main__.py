"""`make bench`: what our functions cost, as ratios, beside a floor or a peer in the same run.

Nothing here is asserted by a test: figures depend on the machine, ratios less so. Run it on a
quiet machine. The parts:

    door      cold       from spawn to the first answer, beside an empty handler
              imports    what is loaded for it
              webhooks   CPU a webhook, beside the tutorial's Express server
    dialing   cold       as above
              claims     latency, beside a bare transaction of the same size
              dials      dials a second of a dialer process, CPU, milliseconds from slot to receipt
              cost       requests to AWS and write units of one dial
              planner    a tick by the length of the list, the same number due (CONTACTS=)
              lists      the import by the length of the list (ROWS=)
    twilio    cold       as above
              check      CPU of checking a webhook, beside the package's own validator
              document   CPU of a wait document, beside a transcript at Vapi's door
              queue      callers admitted, served and waiting: latency, requests, costs
              transfer   what bringing a caller to a person asks of AWS, CPU, and what that costs
              serving    what it asks of the table to serve one, with 10, 100 and 1,000 waiting
              waits      as below
    console   the operators' page: load, polls, an operator's hour, updates, latency, cold start
    audit     what a page of the audit trail reads, by how much stands there
    call      what an inbound call asks of AWS, by its length and manner, and what that costs
    capacity  how many calls at once until which quota of AWS is met, on paper
    queueing  messages of calls, one of which hangs, handed out in three ways, in a clock of its own
    after     effects    a report to all records and effects, delivered, counted; what it costs
              redaction  CPU of taking numbers out of an utterance and a report, beside a floor
    growth    what a tick and a call ask for as lists, campaigns and calls get longer (CONTACTS=)
    waits     what callers in queues were told of the wait, beside what they had (DAYS=)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.children import Children
from local.cloud.emulator import Emulator, EmulatorError
from tests.benchmarks.after import show_after
from tests.benchmarks.artefact import Artefact
from tests.benchmarks.calls import show_calls
from tests.benchmarks.capacity import show_capacity
from tests.benchmarks.claims import show_claims
from tests.benchmarks.console.audit import show_audit
from tests.benchmarks.console.show import show_console
from tests.benchmarks.dial_cost import show_dial_cost
from tests.benchmarks.dials import show_dials
from tests.benchmarks.door import COLD, IMPORTS, WEBHOOKS, show_door
from tests.benchmarks.growth import show_growth
from tests.benchmarks.list_import import show_list_import
from tests.benchmarks.planner import show_planner
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.queueing import show_queueing
from tests.benchmarks.redaction import show_redaction
from tests.benchmarks.serving import show_serving
from tests.benchmarks.transfers.show import show_transfers
from tests.benchmarks.twilio_door import show_check, show_wait_document
from tests.benchmarks.twilio_queue import show_queue
from tests.benchmarks.waits import show_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLAIMS, DIALS, COST, PLANNER, LISTS = "claims", "dials", "cost", "planner", "lists"
DOOR = (COLD, IMPORTS, WEBHOOKS)
DIALING = (COLD, CLAIMS, DIALS, COST, PLANNER, LISTS)
CHECK, DOCUMENT, QUEUE = "check", "document", "queue"
SERVING, TRANSFER, WAITS = "serving", "transfer", "waits"
TWILIO = (COLD, CHECK, DOCUMENT, QUEUE, SERVING, TRANSFER, WAITS)
CALL, CAPACITY, QUEUEING = "call", "capacity", "queueing"
CONSOLE, AUDIT = "console", "audit"
REDACTION = "redaction"
GROWTH = "growth"
EFFECTS = "effects"
GROUPS = {
    "all": (
        *DOOR,
        *DIALING[1:],
        *TWILIO[1:],
        CALL,
        CAPACITY,
        EFFECTS,
        REDACTION,
        CONSOLE,
        AUDIT,
        QUEUEING,
        GROWTH,
    ),
    "after": (EFFECTS, REDACTION),
    "door": DOOR,
    "dialing": DIALING,
    "twilio": TWILIO,
}
PARTS = (*GROUPS, *GROUPS["all"])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when something that was to be measured does not work."""
    arguments = _arguments(argv)
    parts = GROUPS.get(arguments.part, (arguments.part,))
    children = Children()
    try:
        with (
            tempfile.TemporaryDirectory() as scratch,
            Emulator(children, Path(scratch)) as emulator,
        ):
            _show(arguments, parts, children, Path(scratch), emulator)
    except (BenchmarkError, EmulatorError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        children.close()
    return 0


def _show(
    arguments: argparse.Namespace,
    parts: Sequence[str],
    children: Children,
    scratch: Path,
    emulator: Emulator,
) -> None:
    if not set(DOOR).isdisjoint(parts):
        show_door(arguments, parts, scratch, emulator)
    shows: dict[str, Callable[[], None]] = {
        CLAIMS: lambda: show_claims(emulator, arguments.claims),
        DIALS: lambda: show_dials(emulator, arguments.dials),
        COST: lambda: show_dial_cost(emulator, arguments.calls),
        PLANNER: lambda: show_planner(children, scratch, arguments.contacts, arguments.ticks),
        LISTS: lambda: show_list_import(emulator, arguments.rows),
        CHECK: show_check,
        DOCUMENT: lambda: show_wait_document(
            scratch, emulator, arguments.rounds, arguments.webhooks
        ),
        QUEUE: lambda: show_queue(emulator, arguments.callers, arguments.crowd),
        SERVING: lambda: show_serving(emulator),
        TRANSFER: lambda: show_transfers(emulator, arguments.transfers),
        CALL: lambda: show_calls(emulator, arguments.minutes),
        CAPACITY: lambda: show_capacity(emulator),
        QUEUEING: show_queueing,
        CONSOLE: lambda: show_console(
            emulator, Artefact(folder_in(scratch), emulator), arguments.rounds, scratch
        ),
        AUDIT: lambda: show_audit(emulator),
        WAITS: lambda: show_waits(arguments.days),
        EFFECTS: lambda: show_after(emulator),
        REDACTION: show_redaction,
        GROWTH: lambda: show_growth(children, scratch, emulator, arguments.contacts),
    }
    for part, show in shows.items():
        if part in parts:
            show()


def folder_in(scratch: Path) -> Path:
    """A folder of its own: another part lays the functions out as well."""
    folder = scratch / CONSOLE
    folder.mkdir()
    return folder


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--part", choices=PARTS, default="all", help="one part or group alone")
    parser.add_argument("--rounds", type=int, default=9, help="series of cold starts, webhooks")
    parser.add_argument("--webhooks", type=int, default=400, help="webhooks in a series")
    parser.add_argument("--claims", type=int, default=500, help="claims")
    parser.add_argument("--dials", type=int, default=20, help="dials of each handler")
    parser.add_argument("--calls", type=int, default=40, help="calls whose cost is counted")
    parser.add_argument("--ticks", type=int, default=3, help="ticks of the planner for each list")
    parser.add_argument("--callers", type=int, default=100, help="callers admitted, and served")
    parser.add_argument("--crowd", type=int, default=200, help="callers at once on ten lines")
    parser.add_argument("--transfers", type=int, default=20, help="callers brought to a person")
    parser.add_argument("--minutes", type=_counts, help="lengths of plain calls, and no others")
    parser.add_argument("--days", type=int, default=500, help="days of waiting callers")
    parser.add_argument(
        "--contacts", type=_counts, default="10000,100000", help="lengths of the planner's lists"
    )
    parser.add_argument(
        "--rows", type=_counts, default="10000,100000,1000000", help="lengths of imported lists"
    )
    return parser.parse_args(argv)


def _counts(said: str) -> list[int]:
    return [int(one) for one in said.replace("_", "").split(",")]


if __name__ == "__main__":
    sys.exit(main())
