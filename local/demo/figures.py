"""The figures of a run, from the simulator's own log and nothing else.

The truth is in the callers' scripts (`expects`); what happened is what the simulator saw:
where a call really went, when a message left it, when a command reached it. None of our own
records is read, so none of them can flatter the figures.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from local.vapi.log import Entry

NOWHERE = "nowhere"
PERSON = "person"
ROUTING = ("handoff", "transfer")
SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one call.

    Attributes:
        went_to: A department's key, an assistant's name, `person`, or `nowhere`.
        transfers_tried: Handoffs and transfers asked for, without those that we ourselves
            replaced by another before they were through.
        answer_ms: From the first ring to the assistant's first sound; None if there was none.
        decision_ms: For each handoff or transfer, from the caller's last news to the command.
        problems: Whatever is not as the script expects; empty when all is well.
        moods: In which ways Vapi was as it is at times.
    """

    call_id: str
    caller: str
    expected: str
    went_to: str
    transfers_tried: int = 0
    transfers_made: int = 0
    answer_ms: float | None = None
    decision_ms: tuple[float, ...] = ()
    problems: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether the caller was sent to the right place."""
        return self.expected == self.went_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        value: What was measured; None when there was nothing to measure.
        n: How many cases it is made of.
        target: What it is held to, in words; empty when it is only shown.
        passed: Whether it meets the target; None without one.
        counted: How it is counted.
    """

    name: str
    value: float | None
    unit: str
    n: int
    target: str
    passed: bool | None
    counted: str


@dataclass(slots=True)
class _CallLog:
    """One call's entries, sorted by kind."""

    events: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def all(self, event: str) -> list[Entry]:
        return self.events.get(event, [])

    def first(self, event: str) -> Entry | None:
        return next(iter(self.all(event)), None)


def outcomes(entries: Iterable[Entry], departments: Mapping[str, str]) -> list[Outcome]:
    """What became of every call in a log, in the order in which they were placed.

    Args:
        entries: The simulator's log.
        departments: Department key to the name of the assistant that serves it.
    """
    calls: dict[str, _CallLog] = defaultdict(_CallLog)
    for entry in entries:
        if entry["call"] is not None:
            calls[entry["call"]].events[entry["event"]].append(entry)
    serving = {assistant: key for key, assistant in departments.items()}
    return [_outcome(call, log, serving) for call, log in calls.items() if log.all("call-placed")]


def figures(results: Sequence[Outcome]) -> list[Figure]:
    """The acceptance figures of a run.

    Args:
        results: What `outcomes` made of the log.
    """
    tried = sum(result.transfers_tried for result in results)
    made = sum(result.transfers_made for result in results)
    right = sum(result.understood for result in results)
    answered = [r.answer_ms for r in results if r.answer_ms is not None]
    decided = [ms for result in results for ms in result.decision_ms]
    return [
        _share(
            "intent accuracy", right, len(results), 0.90,
            "calls that ended where their script says, of all calls",
        ),
        _share(
            "transfer success", made, tried, 0.95,
            "handoffs and transfers after which the assistant spoke or the person answered,"
            " of all that were asked for",
        ),
        _mean_answer(answered, len(results)),
        _shown("speed to answer, slowest", max(answered, default=None), answered, "as above"),
        _shown("routing decision, p50", percentile(decided, 50), decided, _DECISION),
        _shown("routing decision, p95", percentile(decided, 95), decided, "as above"),
    ]  # fmt: skip


def untimed(rows: Sequence[Figure]) -> list[Figure]:
    """The same figures with those that are times shown and held to nothing."""
    return [row if row.unit != "ms" else replace(row, target="", passed=None) for row in rows]


_DECISION = (
    "real time from the moment the caller's last words, keys or tool call left the simulator"
    " until the handoff or transfer reached it"
)


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]


def _share(name: str, good: int, n: int, above: float, counted: str) -> Figure:
    value = good / n if n else None
    passed = value is not None and value > above
    return Figure(
        name=name, value=value, unit="%", n=n, target=f"> {above:.0%}", passed=passed,
        counted=counted,
    )  # fmt: skip


def _mean_answer(answered: Sequence[float], calls: int) -> Figure:
    value = fmean(answered) if answered else None
    limit_ms = 3000
    return Figure(
        name="speed to answer, mean",
        value=value,
        unit="ms",
        n=len(answered),
        target="< 3000 ms, every call answered",
        passed=value is not None and value < limit_ms and len(answered) == calls,
        counted="from the first ring to the assistant's first sound",
    )


def _shown(name: str, value: float | None, values: Sequence[float], counted: str) -> Figure:
    return Figure(
        name=name, value=value, unit="ms", n=len(values), target="", passed=None, counted=counted
    )


def _outcome(call: str, log: _CallLog, serving: Mapping[str, str]) -> Outcome:
    placed = log.all("call-placed")[0]
    expects = placed["expects"]
    tried, made = _transfers(log)
    went_to = _destination(log, serving, expects["destination"])
    return Outcome(
        call_id=call,
        caller=placed["caller"],
        expected=serving.get(expects["destination"], expects["destination"]),
        went_to=went_to,
        transfers_tried=tried,
        transfers_made=made,
        answer_ms=_answer_ms(log),
        decision_ms=tuple(_decision_times(log)),
        problems=tuple(_problems(log, expects, went_to, serving)),
        moods=tuple(placed.get("moods", ())),
    )


def _destination(log: _CallLog, serving: Mapping[str, str], expected: str) -> str:
    """Where the call was when it ended."""
    reached = log.all("reached")
    if not reached or _lost_since(log, reached[-1]):
        return NOWHERE
    last = reached[-1]
    if last["kind"] == PERSON:
        return str(last["where"]) if expected == last["where"] else PERSON
    if last["first"] and last["where"] not in serving and expected != last["where"]:
        return NOWHERE  # whoever answers first but serves no department is no destination
    return serving.get(last["where"], str(last["where"]))


def _lost_since(log: _CallLog, reached: Entry) -> bool:
    """Whether a transfer failed after that: then nobody has the caller."""
    return any(failed["at_ms"] > reached["at_ms"] for failed in log.all("transfer-failed"))


def _transfers(log: _CallLog) -> tuple[int, int]:
    """Transfers tried and made. One that we replaced before it was through is neither."""
    refused = sum(1 for c in log.all("command") if c["kind"] in ROUTING and not c["accepted"])
    began = log.all("transfer-began")
    arrivals = [each for each in log.all("reached") if not each["first"]]
    tried = made = 0
    for number, start in enumerate(began):
        until = began[number + 1]["at_ms"] if number + 1 < len(began) else float("inf")
        arrived = any(
            start["at_ms"] <= each["at_ms"] < until and each["where"] == start["where"]
            for each in arrivals
        )
        replaced = not arrived and number + 1 < len(began)
        tried += not replaced
        made += arrived
    return tried + refused, made


def _answer_ms(log: _CallLog) -> float | None:
    """The server's real time, plus the simulated time until the first sound."""
    placed, answered = log.first("call-placed"), log.first("server-answered")
    spoken = next((s for s in log.all("speech") if s["who"] == "assistant"), None)
    if placed is None or answered is None or spoken is None:
        return None
    real_ms = float(answered["at_ms"]) - float(placed["at_ms"])
    return round(real_ms + float(spoken["v_ms"]), 3)


def _decision_times(log: _CallLog) -> Iterable[float]:
    told = sorted(_first_tellings(log), key=lambda entry: float(entry["at_ms"]))
    for command in log.all("command"):
        if command["kind"] in ROUTING and command["accepted"]:
            before = [entry for entry in told if entry["at_ms"] <= command["at_ms"]]
            if before:
                yield round(command["at_ms"] - before[-1]["at_ms"], 3)


def _first_tellings(log: _CallLog) -> list[Entry]:
    """When each piece of the caller's news first left; a repetition is no news."""
    first: dict[tuple[Any, ...], Entry] = {}
    for entry in log.all("message-leaves"):
        kind = entry["type"]
        words = kind.startswith("transcript") and entry.get("role") == "user"
        if words or kind in ("tool-calls", "user-interrupted"):
            first.setdefault((kind, entry["v_ms"], entry.get("transcript")), entry)
    return list(first.values())


def _problems(
    log: _CallLog, expects: Entry, went_to: str, serving: Mapping[str, str]
) -> Iterable[str]:
    wanted = serving.get(expects["destination"], expects["destination"])
    if went_to != wanted:
        yield f"went to {went_to}, expected {wanted}"
    accepted = [entry["kind"] for entry in log.all("command") if entry["accepted"]]
    mode = "simplified" if "add-message" in accepted else "normal"
    asked_again = _clarifications(accepted)
    checks = (
        ("mode", expects["mode"], mode),
        ("clarifications", expects["clarifications"], asked_again),
        ("actions", expects["actions"], accepted),
        ("ended_reason", expects["ended_reason"], _ended_reason(log)),
    )
    for name, want, got in checks:
        if want is not None and want != got:
            yield f"{name}: {got}, expected {want}"
    yield from (str(entry["what"]) for entry in log.all("violation"))
    last = (entry for entry in log.all("message-sent") if not entry.get("again"))
    bad = [entry for entry in last if entry["status"] not in SUCCESS]
    if bad:
        yield f"{len(bad)} webhooks were not accepted, the first with status {bad[0]['status']}"
    if not log.all("call-over"):
        yield "the call never ended"


def _clarifications(accepted: Sequence[str]) -> int:
    """Questions put to the caller before the first handoff or transfer."""
    first = next((i for i, kind in enumerate(accepted) if kind in ROUTING), len(accepted))
    return accepted[:first].count("say")


def _ended_reason(log: _CallLog) -> str | None:
    ended = log.first("call-ended")
    return str(ended["reason"]) if ended else None
