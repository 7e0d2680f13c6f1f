"""Whether the campaigns kept their promises, from outside: the receiver's and the simulator's log.

Nothing of ours decides here. When and whom we rang says the receiver (ring_log.py), what came of
it the simulator, where people are the list itself; only what our API says of each contact is
held against all that at the end.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from local.demo.campaign_list import CALLED_BACK
from local.demo.campaign_log import (
    OutboundCall,
    civil_at,
    most_at_once,
    outbound_calls,
    worst_window,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from local.cloud.civil import Civil
    from local.demo.campaign_list import Person
    from local.demo.ring_log import Dial
    from local.vapi.log import Entry

AREA_CHARACTERS = 5  # +1 and the area code: this side's own idea of a prefix
OPENS, CLOSES = time(8), time(21)  # 47 CFR 64.1200(c)(1), in the zone that the list names
CALLBACK_AT = datetime(2026, 7, 8, 15)  # noqa: DTZ001 - where he is; callees/11 says so
DAY = timedelta(hours=24)
CALLS_A_DAY = 3  # the owner's cap in dialing_rules.toml
NEVER = {"suppressed before": "never:suppressed", "no consent": "never:no_consent"}
OPTS_OUT = ("opts out by voice", "opts out by keypad", "opts out, number withheld")
DISPOSITIONS = {
    "customer-busy": "busy",
    "customer-did-not-answer": "no_answer",
    "voicemail": "voicemail",
    "twilio-failed-to-connect-call": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the run was told to keep.

    Attributes:
        lines: Calls at once, those kept for inbound not counted.
        stagger_ms: Least time between two calls of a campaign, by its id.
    """

    account_calls: int
    prefix_calls: int
    lines: int
    stagger_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRun:
    """What a run left behind.

    Attributes:
        dials: From the receiver, in order.
        entries: From the simulator.
        names: Each campaign's name in the list, by id.
        ends: What our API says of each contact: (campaign id, the operator's id) → end state.
        figures: What our API says of each campaign, by id: how many contacts end how.
        open_contacts: Contacts that came to no end in time.
        dead_messages: In the dead queues.
    """

    dials: Sequence[Dial]
    entries: Sequence[Entry]
    people: Sequence[Person]
    names: Mapping[str, str]
    civil: Civil
    limits: Limits
    ends: Mapping[tuple[str, str], str]
    figures: Mapping[str, Mapping[str, int]]
    open_contacts: int
    dead_messages: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One promise: what was found, what it is held to, and whether it was kept.

    Attributes:
        key: Its name in the line of JSON, `value` what stands there.
        timed: Whether it is a matter of time, and not of what came before what.
    """

    key: str
    name: str
    value: float | None
    limit: str
    kept: bool
    unit: str = ""
    timed: bool = False

    @property
    def found(self) -> str:
        """The value in words."""
        return "none" if self.value is None else f"{self.value:.0f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Recount:
    """One figure of a campaign: as our API tells it, and counted anew from the log."""

    campaign: str
    label: str
    told: int
    counted: int


OPEN = frozenset({"waiting", "in_flight"})  # of a contact that has come to no end


@dataclass(slots=True)
class Judge:
    """Measures one run."""

    run: CampaignRun
    calls: list[OutboundCall] = field(init=False)

    def __post_init__(self) -> None:
        """Read the log once."""
        self.calls = outbound_calls(self.run.entries)

    def measures(self) -> list[Measure]:
        """Every promise."""
        differ, still_open = len(self.differences()), max(self.run.open_contacts, len(self._open()))
        never = (
            ("double_rings", "attempts that rang twice", self._doubles()),
            ("rings_outside_hours", "rings outside 8:00 to 21:00 where it rang", self._outside()),
            ("rings_forbidden", "rings of people who may never be called", self._forbidden()),
            ("rings_after_opt_out", "rings after an opt-out", self._after_stop()),
            ("rings_after_served", "rings of people who had been talked to", self._after_talk()),
            ("called_back_early", "callbacks before the time agreed on", self.callbacks()[1]),
            ("rung_by_two_at_once", "people rung by two calls at once", self._overlaps()),
            ("contacts_open", "contacts that came to no end", still_open),
            ("told_otherwise", "contacts whose end our API tells otherwise", differ),
            ("figures_wrong", "figures of campaigns that a recount finds otherwise", self._wrong()),
            ("dead_messages", "messages in dead queues", self.run.dead_messages),
            ("rules_broken", "rules of Vapi broken", self._violations()),
        )
        return [*self._pace(), *(Measure(key, name, n, "0", n == 0) for key, name, n in never)]

    def _pace(self) -> list[Measure]:
        limits = self.run.limits
        areas: dict[str, list[float]] = defaultdict(list)
        for dial in self.run.dials:
            areas[dial.number[:AREA_CHARACTERS]].append(dial.at_ms)
        worst_area = max((worst_window(at_ms) for at_ms in areas.values()), default=0)
        account = worst_window([dial.at_ms for dial in self.run.dials])
        lines = most_at_once((call.placed_ms, call.ended_ms) for call in self.calls)
        in_a_day = self._most_in_a_day()
        second = "most calls in a second"
        paced = (
            ("worst_second_account", f"{second}, account", account, limits.account_calls),
            ("worst_second_area", f"{second}, one area", worst_area, limits.prefix_calls),
        )
        most = (
            ("lines_in_use", "most lines in use at once", lines, limits.lines),
            ("calls_to_one_in_a_day", "most calls to one in 24 hours", in_a_day, CALLS_A_DAY),
        )
        found = [
            Measure(key, name, n, f"≤ {most_n}", n <= most_n, timed=timed)
            for measured, timed in ((paced, True), (most, False))
            for key, name, n, most_n in measured
        ]
        return [*found, *self._staggers()]

    def reasons(self) -> Counter[str]:
        """How the calls ended, in Vapi's words."""
        return Counter(call.reason or "not ended" for call in self.calls)

    def found_by_asking(self) -> int:
        """Calls of which no webhook told us, and whose end our API knows even so."""
        told = {entry["call"] for entry in self.run.entries if entry["event"] == "message-sent"}
        untold = {call.number for call in self.calls if call.call_id not in told}
        ids = {person.given_id for person in self.run.people if person.number in untold}
        ends = [end for (_, given_id), end in self.run.ends.items() if given_id in ids]
        return sum(end.startswith("done:") for end in ends)

    def callbacks(self) -> tuple[int, int]:
        """Second calls to people who asked for one: at or after the time they named; before it."""
        rings: dict[str, list[datetime]] = defaultdict(list)
        for person in self.run.people:
            if person.role == CALLED_BACK:
                dials = (dial for dial in self._rings() if dial.number == person.number)
                rings[person.number] = [self._local(dial, person.zone) for dial in dials]
        later = [at for times in rings.values() for at in times[1:]]
        early = sum(at.replace(tzinfo=None) < CALLBACK_AT for at in later)
        return len(later) - early, early

    def machines(self) -> tuple[int, int]:
        """Machines that were left a message, and those that were hung up on."""
        heard = [bool(e["message"]) for e in self.run.entries if e["event"] == "voicemail"]
        return sum(heard), len(heard) - sum(heard)

    def ends(self) -> Counter[str]:
        """Contacts by end state, as our API tells it."""
        return Counter(self.run.ends.values())

    def recounts(self) -> list[Recount]:
        """Each campaign's figures beside a count that asks none of them.

        Whom the log knows, on a campaign's list, and what came of the last call to each.
        """
        counted: dict[str, Counter[str]] = {campaign: Counter() for campaign in self.run.names}
        for (campaign, _), end in self._expected_ends().items():
            counted[campaign][end] += 1
        return [
            Recount(name, label, self.run.figures[campaign].get(label, 0), counted[campaign][label])
            for campaign, name in self.run.names.items()
            for label in sorted({*self.run.figures[campaign], *counted[campaign]})
        ]

    def _wrong(self) -> int:
        return sum(one.told != one.counted for one in self.recounts())

    def differences(self) -> list[str]:
        """Contacts whose end our API tells otherwise than the log."""
        found = []
        for (campaign, given_id), want in self._expected_ends().items():
            got = self.run.ends.get((campaign, given_id), "unknown to the API")
            if got != want:
                found.append(f"{self.run.names[campaign]}, {given_id}: {got}, the log says {want}")
        return found

    def _expected_ends(self) -> dict[tuple[str, str], str]:
        campaign_of = {dial.name: dial.campaign for dial in self.run.dials}
        last: dict[tuple[str, str], str] = {}
        for call in self.calls:
            disposition = DISPOSITIONS.get(call.reason, "completed")
            last[campaign_of.get(call.name, ""), call.number] = f"done:{disposition}"
        ends = {
            (campaign, person.given_id): last.get(
                (campaign, person.number), NEVER.get(person.role, "never:suppressed")
            )
            for campaign, name in self.run.names.items()
            for person in self.run.people
            if name in person.lists
        }
        return ends | {key: told for key, told in self._open().items() if key in ends}

    def _open(self) -> dict[tuple[str, str], str]:
        """Whose end is not known yet is counted as open, and contradicts no log."""
        told = self.run.ends.items()
        return {key: end for key, end in told if end.partition(":")[0] in OPEN}

    def _staggers(self) -> Iterable[Measure]:
        for campaign, least_ms in self.run.limits.stagger_ms.items():
            at_ms = sorted(dial.at_ms for dial in self.run.dials if dial.campaign == campaign)
            gaps = [later - earlier for earlier, later in itertools.pairwise(at_ms)]
            gap_ms = min(gaps, default=None)
            name = self.run.names[campaign]
            yield Measure(
                f"least_gap_ms_{name}",
                f"least gap between calls, {name}",
                gap_ms,
                f"≥ {least_ms:.0f} ms",
                kept=gap_ms is None or gap_ms >= least_ms,
                unit=" ms",
                timed=True,
            )

    def _rings(self) -> list[Dial]:
        return [dial for dial in self.run.dials if dial.rang]

    def _doubles(self) -> int:
        return sum(n > 1 for n in Counter(dial.attempt for dial in self._rings()).values())

    def _local(self, dial: Dial, zone: str) -> datetime:
        return civil_at(self.run.civil, dial.at_ms).astimezone(ZoneInfo(zone))

    def _outside(self) -> int:
        zones = {person.number: person.zone for person in self.run.people}
        local = (
            self._local(dial, zones[dial.number]) for dial in self._rings() if dial.number in zones
        )
        return sum(not OPENS <= at.time() < CLOSES for at in local)

    def _forbidden(self) -> int:
        allowed = {person.number for person in self.run.people if person.role not in NEVER}
        return sum(dial.number not in allowed for dial in self._rings())

    def _after_stop(self) -> int:
        roles = {person.number: person.role for person in self.run.people}
        by_number: dict[str, list[OutboundCall]] = defaultdict(list)
        for call in self.calls:
            by_number[call.number].append(call)
        late = 0
        for number, calls in by_number.items():
            stopped_ms = min((c.stopped_ms for c in calls if c.stopped_ms), default=float("inf"))
            if roles.get(number) in OPTS_OUT:
                stopped_ms = min(stopped_ms, calls[0].ended_ms)
            late += sum(call.placed_ms > stopped_ms for call in calls)
        return late

    def _after_talk(self) -> int:
        """Second calls of one campaign to somebody who had talked, and not asked for another."""
        campaign_of = {dial.name: dial.campaign for dial in self.run.dials}
        asked = {person.number for person in self.run.people if person.role == CALLED_BACK}
        talked: set[tuple[str, str]] = set()
        late = 0
        for call in self.calls:
            whose = (campaign_of.get(call.name, ""), call.number)
            late += whose in talked and call.number not in asked
            if call.reason and call.reason not in DISPOSITIONS:
                talked.add(whose)
        return late

    def _overlaps(self) -> int:
        spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for call in self.calls:
            spans[call.number].append((call.placed_ms, call.ended_ms))
        return sum(most_at_once(each) > 1 for each in spans.values())

    def _most_in_a_day(self) -> int:
        rung: dict[str, list[datetime]] = defaultdict(list)
        for dial in self._rings():
            rung[dial.number].append(civil_at(self.run.civil, dial.at_ms))
        counts = [
            sum(first <= at < first + DAY for at in times)
            for times in rung.values()
            for first in times
        ]
        return max(counts, default=0)

    def _violations(self) -> int:
        return sum(entry["event"] == "violation" for entry in self.run.entries)
