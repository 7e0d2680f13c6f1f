"""`make expressions`: every expression that our adapters send, held to a strict parser.

    tests on the emulator ─► what our adapters send ─► a strict parser: is it refused?
    the adapters' source  ─► every expression written there ─► was it sent?

Emulators let expressions pass that AWS refuses, so passing tests prove nothing about them.
Ends with 1 when an expression is refused, was never seen, or the parser lets a planted mistake
through. Without Node the parser cannot run, which is said; `--required` makes that an error.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.expressions import strict_parser
from tests.expressions.check import check, expressions, let_through
from tests.expressions.literals import unseen, written
from tests.expressions.planted import PLANTED
from tests.expressions.recorder import ADAPTERS, ALONE, INTO, TESTS, Recording, kept
from tests.expressions.strict_parser import StrictParser, StrictParserError
from tools.anywhere import kept_compiled
from tools.beside_each_other import run_beside

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tests, judge what they sent, print the counts; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.expressions", description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail where Node is missing")
    parser.add_argument(
        "--recorded",
        type=Path,
        metavar="FOLDER",
        help=f"judge what tests have left there that ran with {INTO}=FOLDER; none is run again",
    )
    arguments = parser.parse_args(argv)
    wrong: list[str] = []
    if arguments.recorded:
        recording = kept(ROOT / arguments.recorded)
    else:
        recording, passed = _recorded()
        wrong += ["a test that sends expressions failed"] * (not passed)
    wrong += _show_seen(recording)
    try:
        wrong += _judge(recording, required=arguments.required)
    except StrictParserError as error:
        wrong.append(str(error))
    for line in wrong:
        print(f"WRONG  {line}")
    return int(bool(wrong))


def _recorded() -> tuple[Recording, bool]:
    """What the tests send, and whether all of them passed."""
    print("Recording what the adapters send while their tests run on the emulator", flush=True)
    with tempfile.TemporaryDirectory(prefix="expressions-") as folder:
        environment = {**kept_compiled(os.environ), INTO: folder, ALONE: "1"}
        options = ["-p", "no:randomly", *TESTS]
        ran = run_beside(os.process_cpu_count() or 1, options, environment)
        return kept(Path(folder)), ran.status == 0


def _show_seen(recording: Recording) -> list[str]:
    """Print what was seen; what stands in the adapters and was not seen, in words."""
    sent = list(expressions(recording.requests))
    times = Counter((operation, kind) for operation, kind, _, _ in sent)
    texts = Counter((operation, kind) for operation, kind, _ in {one[:3] for one in sent})
    print(f"\nExpressions seen\n  {'operation':<22}{'kind':<14}{'different':>10}{'sent':>8}")
    for (operation, kind), count in sorted(times.items()):
        print(f"  {operation:<22}{kind:<14}{texts[operation, kind]:>10}{count:>8}")
    all_texts = sorted({text for _, _, text, _ in sent})
    print(f"  {'all':<36}{len(all_texts):>10}{len(sent):>8}")
    by_adapter = Counter(adapter for *_, adapter in {one[2:] for one in sent})
    print(f"\n  {'adapter':<36}{'different':>10}{'sent':>8}")
    for adapter, count in sorted(by_adapter.items()):
        print(f"  {adapter:<36}{count:>10}{sum(one[3] == adapter for one in sent):>8}")
    pieces, places = written(ADAPTERS)
    never = unseen(pieces, all_texts)
    not_run = [place for place in places if not place.was_run(recording.lines)]
    print(
        f"\nWritten in the adapters: {len(pieces)} pieces of expressions, {len(never)} of them"
        f" never sent; {len(places)} places that set one, {len(not_run)} of them never run."
    )
    return [f"never sent: {piece}" for piece in never] + [
        f"never run: {place}" for place in not_run
    ]


def _judge(recording: Recording, *, required: bool) -> list[str]:
    """Print what the parser says; what it refuses, and what it wrongly does not, in words."""
    absent = strict_parser.missing()
    if absent is not None:
        print(f"NOT JUDGED: {absent}, so no expression went through the strict parser.")
        return [f"{absent}, and --required was given"] * required
    strict_parser.install()
    with tempfile.TemporaryDirectory() as folder, StrictParser(Path(folder) / "log") as parser:
        passed = let_through(parser)
        found = check(recording.requests, parser)
    print(
        f"Judged: {found.judged} requests and parts of transactions, {len(found.refused)} refused;"
        f" planted mistakes: {len(PLANTED)}, {len(PLANTED) - len(passed)} refused."
    )
    if found.elsewhere:
        print(f"Left out: {found.elsewhere} requests of tests about tables that do not exist.")
    return [f"{why} ({times} times)" for why, times in sorted(found.refused.items())] + [
        f"the parser lets a planted mistake through: {mistake}" for mistake in passed
    ]


if __name__ == "__main__":
    sys.exit(main())
