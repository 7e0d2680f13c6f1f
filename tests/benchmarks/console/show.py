"""What the operators' console costs: every line of its budget, measured, beside its aim."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.cloud.emulator import ROOT
from tests.benchmarks.cold_start import cold_starts
from tests.benchmarks.console.api_worker import OPERATOR, VIEWER
from tests.benchmarks.machine_pace import times_slower
from tests.benchmarks.prices import prices
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import say
from tests.benchmarks.stage import Stage
from tests.browser.__main__ import PYTHON, WHOLE, chromium_here
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.lists.list_rig import list_environment
from tests.simulation.template_figures import memory_gb

if TYPE_CHECKING:
    from pathlib import Path

    from local.cloud.emulator import Emulator
    from tests.benchmarks.artefact import Artefact

FUNCTION_GB = 0.5  # template.yaml
BUSY_POLLS, IDLE_POLLS = 3_600, 720  # an hour: each second, each 5 s
STORED = 10_000
WIDEST = 30
AIM_HOUR = {30: 0.010, 100: 0.020, 300: 0.040}
AIM_IDLE, AIM_COLD = 0.002, 12.0
KB, GB = 1_000, 1e9
MOST_REQUESTS = 3  # of a page
A_DAY = (20, 320, 2_000)  # calls
AIM_BOOK = 0.00167  # a hundredth of what a thousand calls of three minutes cost
SHOWN_AT_LEAST = 10  # rows, for items read a row to say anything

type Json = dict[str, Any]


@dataclass
class Table:
    """Lines of what, found, aim and whether it is kept."""

    missed: list[str] = field(default_factory=list)

    def head(self, title: str) -> None:
        print(f"\n{title}")

    def line(self, what: str, found: float, aim: float, unit: str, note: str = "") -> None:
        """One measured figure and the most it may be."""
        if found > aim:
            self.missed.append(what)
        verdict = "kept" if found <= aim else "MISSED"
        more = f"  {note}" if note else ""
        print(f"  {what:<46}{found:>10.5g} {unit:<5} ≤ {aim:<7g} {verdict}{more}", flush=True)


def show_console(emulator: Emulator, artefact: Artefact, rounds: int, scratch: Path) -> None:
    """Measure and print.

    Args:
        emulator: What the API works on.
        artefact: The functions as Lambda has them, for the cold start.
        rounds: Series of cold starts.
        scratch: For logs.
    """
    print("The operators' console: what it may cost, and what it does.")
    table = Table()
    polls = {calls: worker(emulator, "polls", calls, "operator") for calls in (0, *AIM_HOUR)}
    viewer = worker(emulator, "polls", WIDEST, "viewer")
    _show_polls(table, polls[WIDEST], viewer)
    _show_hours(table, polls)
    _show_pages(table, worker(emulator, "pages", STORED))
    _show_searches(table, worker(emulator, "searches", STORED))
    _show_book(table, emulator)
    _show_cold(table, artefact, rounds, scratch)
    seen = in_browser()
    if seen is None:
        print("\nNot measured: what a browser sees. There is no Chromium, or `make browser-test`")
        print("has not made its environment yet.")
    else:
        _show_browser(table, seen)
    print(f"\nMissed: {', '.join(table.missed) or 'nothing'}.")


def in_browser(*parts: str) -> Json | None:
    """What tests/browser/budgets.py measures; None where there is nothing to measure with."""
    chromium = chromium_here(os.environ.get("CHROMIUM", ""), WHOLE)
    if chromium is None or not PYTHON.exists():
        return None
    say("the whole system and a browser: about five minutes")
    told = {"CHROMIUM": chromium, "SCENE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    command = [str(PYTHON), "-m", "tests.browser.budgets", *parts]
    ran = subprocess.run(
        command, env={**os.environ, **told}, cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    if ran.returncode != 0:
        raise BenchmarkError(f"what a browser sees could not be measured: {ran.returncode}")
    measured: Json = json.loads(ran.stdout)
    return measured


def worker(emulator: Emulator, *arguments: object, module: str = "api_worker") -> Json:
    """A process of its own with an account of its own; what it measured."""
    say(f"{' '.join(map(str, arguments))}")
    stage = Stage(emulator)
    account = stage.account
    account.secret("operator-tokens", json.dumps({"operator": OPERATOR, "viewer": VIEWER}))
    account.secret("audit-key", json.dumps({"key": "audit-" + "k" * 30}))
    account.secret("forget-key", json.dumps({"key": "forget-" + "k" * 30}))
    names = list_environment(account) | queues_of(account)
    names |= {
        "OPERATOR_TOKENS_NAME": "operator-tokens",
        "AUDIT_KEY_NAME": "audit-key",
        "FORGET_KEY_NAME": "forget-key",
        "CALL_LINES": "400",
    }
    return stage.work(f"console.{module}", *arguments, **names)


def _show_polls(table: Table, operator: Json, viewer: Json) -> None:
    table.head(f"A poll with {WIDEST} calls, a fifth of them with new words")
    for role, found in (("operator", operator), ("viewer", viewer)):
        slower = times_slower(found["loop_ms"])
        changed, unchanged = found["changed"], found["unchanged"]
        if found["calls"] != WIDEST or unchanged["statuses"] != [304]:
            raise BenchmarkError(f"polls of a {role} were not what was to be measured")
        table.line(f"{role}: packed, with headers", changed["bytes"] / KB, 2, "KB")
        table.line(f"{role}: 304, with headers", unchanged["bytes"], 300, "B")
        table.line(f"{role}: requests to the tables, the most", changed["requests_most"], 3, "")
        took = f"this machine {changed['cpu_ms']:.1f} ms, {slower:.1f} x a usual one"
        table.line(f"{role}: processor", changed["cpu_ms"] / slower, 10, "ms", took)
        took = f"p95 {changed['cpu_p95_ms'] / slower:.1f} ms"
        table.line(f"{role}: processor, 304", unchanged["cpu_ms"] / slower, 10, "ms", took)


def _show_hours(table: Table, polls: dict[int, Json]) -> None:
    table.head(f"An operator's hour, modelled on prices as of {prices().as_of}, one page open")
    for calls, aim in AIM_HOUR.items():
        usd = hour_usd(polls[calls]["changed"], BUSY_POLLS, times_slower(polls[calls]["loop_ms"]))
        parts = ", ".join(f"{name} {value:.4f}" for name, value in usd.items())
        table.line(f"{calls} calls", sum(usd.values()), aim, "USD", parts)
    usd = hour_usd(polls[0]["quiet"], IDLE_POLLS, times_slower(polls[0]["loop_ms"]))
    table.line("idle", sum(usd.values()), AIM_IDLE, "USD")


def hour_usd(poll: Json, polls: int, slower: float) -> dict[str, float]:
    """USD by part, of so many such polls.

    Args:
        poll: Means over polls: requests, units, bytes, processor.
        polls: In the hour.
        slower: How many times as long as a usual machine this one takes.
    """
    price = prices()
    waits_ms = poll["requests"] * price.assumed["request_ms"]
    function = price.function_usd(poll["cpu_ms"] / slower, waits_ms, FUNCTION_GB)
    each = {
        "gateway": price.usd("api_requests", 1),
        "function": function + price.usd("invocations", 1),
        "reads": price.usd("read_units", poll["read_units"]),
        "writes": price.usd("write_units", poll["write_units"]),
        "sent": price.usd("gigabytes_sent", poll["bytes_mean"] / GB),
    }
    return {part: usd * polls for part, usd in each.items()}


def _show_pages(table: Table, found: Json) -> None:
    table.head(f"{STORED:,} calls stored, each page's own question")
    for one in found["pages"]:
        items = f"{one['items']} items read for {one['rows']} rows, {one['bytes'] / KB:.1f} KB"
        table.line(one["page"], one["requests"], MOST_REQUESTS, "requests", items)
        if one["rows"] >= SHOWN_AT_LEAST:
            table.line(f"{one['page']}: items a row", one["items"] / one["rows"], 2, "")


def _show_searches(table: Table, found: Json) -> None:
    """By filters: as it is where the day book reaches, beside what it took without one."""
    table.head(
        f"{STORED:,} calls of 31 days by filters, fifty rows a page, with the book and without"
    )
    before = {one["page"]: one for one in found["in_no_book"]}
    for one in found["in_the_book"]:
        was = before.get(one["page"], {})
        note = f"{one['items']} items for {one['rows']} rows, {one['looked_at']} calls judged"
        note += f", {one['read_units']:g} read units"
        if was:
            note += f"; without: {was['reads']} reads, {was['items']} for {was['rows']}"
            note += f", {was['read_units']:g} read units"
        table.line(one["page"], one["reads"], MOST_REQUESTS, "reads", note)
        if one["rows"] >= SHOWN_AT_LEAST:
            table.line(f"{one['page']}: items a row", one["items"] / one["rows"], 2, "")


def _show_book(table: Table, emulator: Emulator) -> None:
    """What keeping the day book adds to what a call costs."""
    price = prices()
    table.head(f"The day book, of a thousand calls, prices as of {price.as_of}")
    for calls in A_DAY:
        found = worker(emulator, calls, module="book_worker")
        slower = times_slower(found["loop_ms"])
        waits_ms = found["requests"] * price.assumed["request_ms"]
        usd = (
            price.usd("write_units", found["write_units"])
            + price.usd("read_units", found["read_units"])
            + price.function_usd(found["cpu_ms"] / slower, waits_ms, memory_gb("Reconciler"))
        )
        units = f"{found['write_units'] / calls:.2f} write units and "
        units += f"{found['read_units'] / calls:.2f} read units a call, {found['told']} told late"
        table.line(f"{calls:,} calls a day", usd / calls * 1_000, AIM_BOOK, "USD", units)


def _show_cold(table: Table, artefact: Artefact, rounds: int, scratch: Path) -> None:
    subjects = artefact.subjects()[0]
    wanted = [subjects[0], *(one for one in subjects if one.name == "OperatorApi")]
    empty, api = cold_starts(wanted, rounds, scratch / "console.log")
    table.head(f"Cold start of operator_api, {artefact.description}")
    note = f"{api.cpu_ms:.0f} ms beside {empty.cpu_ms:.0f}"
    table.line("processor beside an empty handler", api.cpu_ms / empty.cpu_ms, AIM_COLD, "x", note)


def _show_browser(table: Table, seen: Json) -> None:
    table.head("In a browser")
    for name, title, aim in (("live", "first load, Live", 35), ("figures", "with Figures", 60)):
        loaded = seen["first_load"][name]
        table.line(f"{title}, packed, with headers", loaded["bytes"] / KB, aim, "KB")
    requests = seen["first_load"]["live"]["requests"]
    table.line("first load, Live: requests", requests, 12, "")
    for calls, aim in (("30", 16), ("500", 100)):
        took = seen["updates"][calls]
        note = f"the first {took['first']:.0f} ms"
        table.line(f"update of {calls} calls, median", took["median"], aim, "ms", note)
    heap = seen["heap"]
    grown = abs(heap["to_mb"] - heap["from_mb"])
    note = f"{heap['from_mb']:.1f} to {heap['to_mb']:.1f} MB over {heap['polls']} polls"
    table.line("heap over ten minutes of its clock", grown, 2, "MB", note)
    table.line(
        "plot of 1,440 points twice", seen["plot"]["median"], 20, "ms", seen["plot"]["label"]
    )
    for page, took_ms in seen["painted"].items():
        table.line(f"{page}: answer to painted", took_ms, 300, "ms")
    _show_latency(table, seen)


def _show_latency(table: Table, seen: Json) -> None:
    late, hurried = seen["latency"], seen["latency_hurried"]
    note = f"{late['events']} events, {late['overtaken']} overtaken, {late['lost']} never seen"
    table.line("words to page, thirty calls, median", late["median"] / 1000, 1, "s", note)
    note = f"worst {late['worst'] / 1000:.2f} s"
    table.line("words to page, p95", late["p95"] / 1000, 2, "s", note)
    median, p95 = (f"{hurried[name] / 1000:.2f} s" for name in ("median", "p95"))
    print(f"  the same of calls of six seconds: median {median}, p95 {p95}, with no aim: four or")
    print("  five begin and end in each second, which is 400,000 a day on these two threads")
