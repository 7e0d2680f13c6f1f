"""Every figure in the documents says where it is from: a command, a test, a source, or a constant.

docs/performance.md and README are held closer (test_figures_in_documents.py); what is made of the
code (docs/reference), lists sources or is dated (decisions) is not looked at.
"""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.intrinsics import load_yaml
from local.demo.figures import figures
from local.vapi.calls.call import CONNECT_MS
from local.vapi.calls.voice import VOICE_LATENCY_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
ELSEWHERE = {"performance.md", "sources.md", "planted.md"}
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(
        page
        for page in DOCS.rglob("*.md")
        if not {"decisions", "reference"} & set(page.parts) and page.name not in ELSEWHERE
    ),
]

NUMBER = r"(?:\d+|half an?|one|two|three|four|five|ten|twenty|forty)"
WORDS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}
TIME = rf"\b{NUMBER} (?:a half )?(?:minutes?|seconds?)\b"
MEASURED = r"\b(?:takes?|took|memory|processors?|machine)\b"
FIGURE = re.compile(
    r"\d ?(?:ms|[µu]s|[KMG]i?B|bytes|USD)\b|\d ?[%\u00d7]|\d,\d{3}\b"
    rf"|{MEASURED}[^.|]*?{TIME}|{TIME}[^.|]*?{MEASURED}"
)
COMMAND = re.compile(
    r"`(?:make [a-z]|PART=|python -m |\.venv/bin/python)|^ *make [a-z]", re.MULTILINE
)
# What a figure itself has to name, where no command stands beside it.
SOURCE = re.compile(
    r"`tests/|aws_prices\.toml|https?://|\]\([^)]*(?:performance|sources|figures)\.md"
    r"|decisions/\d{4}|read on \d{4}| \[\d+\]"
)

# What is no measurement but a constant of ours: where it stands, and what a number there is worth.
CONSTANTS = {
    ("architecture.md", "at most 6 ms"): (
        "contact_center.dialing.domain.dial_timings:DialTimings.clocks_ms",
        1,
    ),
    ("architecture.md", "of them 8 ms late"): (
        "contact_center.dialing.domain.dial_timings:DialTimings.lateness_ms",
        1,
    ),
    ("architecture.md", "are 20 ms apart"): (
        "contact_center.dialing.domain.pacing:PaceLimits.slack_ms",
        1,
    ),
    ("architecture.md", "list ≤ 1 MB"): (
        "contact_center.lists.services.add_contacts:INLINE_BYTES",
        1e-6,
    ),
    ("architecture.md", "more than 1 GiB"): (
        "contact_center.lists.services.import_contacts:LARGEST_FILE_BYTES",
        1 / 2**30,
    ),
    ("callers.md", "260 ms a word"): ("local.vapi.calls.caller:MS_PER_WORD", 1),
    ("compliance.md", "more than 5 %"): (
        "contact_center.lists.services.take_off_list:MOST_REMOVED_PERCENT",
        1,
    ),
    ("crm.md", "more than 65,536 characters"): (
        "contact_center.crm.hubspot.effect_records:LONGEST_BODY",
        1,
    ),
    ("crm.md", "250,000 a day"): ("local.crm.hubspot.limits:Limits.in_a_day", 1),
    ("our-own-number.md", "at most 119 seconds"): (
        "contact_center.visits.domain.instructions:TakeMessage.most_seconds",
        1,
    ),
    ("records.md", "256 MiB"): (
        "contact_center.records.domain.recordings:LARGEST_BYTES",
        1 / 2**20,
    ),
    ("records.md", "more than 10,000 USD"): ("contact_center.records.domain.costs:MOST_USD", 1),
    ("records.md", "at 0.045 USD"): (
        "contact_center.campaigns.services.plan_parts:PlanSettings.expected_leg_micros",
        1e-6,
    ),
    ("run-a-campaign.md", "Up to 1 MB of it"): (
        "contact_center.lists.services.add_contacts:INLINE_BYTES",
        1e-6,
    ),
    ("run-a-campaign.md", "Up to 1 MB comes"): (
        "contact_center.lists.services.national_desk:INLINE_BYTES",
        1e-6,
    ),
    ("run-a-campaign.md", "up to 1 GiB"): (
        "contact_center.lists.services.import_contacts:LARGEST_FILE_BYTES",
        1 / 2**30,
    ),
    ("run-a-campaign.md", "the first 10,000"): (
        "contact_center.lists.services.bad_lines:REPORTED_LINES",
        1,
    ),
    ("run-a-campaign.md", "more than 5 %"): (
        "contact_center.lists.services.take_off_list:MOST_REMOVED_PERCENT",
        1,
    ),
    ("run-a-campaign.md", "at most 1,000 characters"): (
        "contact_center.lists.domain.contact_rows:LONGEST_CELL",
        1,
    ),
    ("run-a-campaign.md", "longer than 1,000 characters"): (
        "contact_center.lists.domain.contact_rows:LONGEST_CELL",
        1,
    ),
}
# What is said by code that is no constant of Python's, as it is said there.
SAID_BY_CODE: dict[tuple[str, str], Callable[[], str]] = {
    ("callers.md", "> 90 %"): lambda: figures([])[0].target,
    ("callers.md", "> 95 %"): lambda: figures([])[1].target,
    ("callers.md", "< 3000 ms"): lambda: figures([])[2].target.partition(",")[0],
    ("callers.md", "450 ms that"): lambda: f"{CONNECT_MS + VOICE_LATENCY_MS} ms that",
    ("console.md", "up to 25 MB"): lambda: f"up to {largest_list_bytes() // 10**6} MB",
    ("security.md", "1,000 requests a second"): lambda: f"{door_rate():,} requests a second",
}
# What is no measurement, and nobody's constant.
REASONS = {
    ("architecture.md", "clocks 50 ms apart"): "an example",
    ("architecture.md", "one 50 ms off"): "the same: a fiftieth of the second that a stamp is wide",
    ("deployment.md", "no AWS: five minutes"): "a reader's own time",
}


def largest_list_bytes() -> int:
    """What the console's page takes at most."""
    code = (ROOT / "functions/operator_api/console/large_lists.js").read_text(encoding="utf-8")
    [said] = re.findall(r"LARGEST_LIST = ([\d_]+);", code)
    return int(said)


def door_rate() -> int:
    """Requests a second that API Gateway lets through to the door."""
    written: Any = load_yaml(ROOT / "template.yaml")
    api = written["Resources"]["Api"]["Properties"]
    return int(api["RouteSettings"]["POST /vapi/webhook"]["ThrottlingRateLimit"])


LISTED = (*CONSTANTS, *SAID_BY_CODE, *REASONS)


def blocks(page: Path) -> list[str]:
    """Paragraphs, tables and fenced blocks of a page."""
    found: list[list[str]] = [[]]
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        is_fence = line.lstrip().startswith("```")
        if (is_fence and not fenced) or not (line.strip() or fenced):
            found.append([])
        if line.strip() or fenced:
            found[-1].append(line)
        if is_fence and fenced:
            found.append([])
        fenced ^= is_fence
    return ["\n".join(lines) for lines in found if lines]


def places(page: Path) -> Iterator[tuple[str, bool]]:
    """Each paragraph, row of a table and fenced block, and whether it says where it is from."""
    parts = blocks(page)
    for at, part in enumerate(parts):
        beside = [*parts[max(0, at - 1) : at], *parts[at + 1 : at + 2]]
        has_command = any(COMMAND.search(one) for one in beside if not one.startswith("#"))
        rows = part.splitlines()
        is_table = part.lstrip().startswith("|")
        for text in rows[2:] if is_table else [part]:
            said = f"{rows[0]}\n{text}" if is_table else text
            yield text, has_command or bool(COMMAND.search(said) or SOURCE.search(said))


def unsourced(page: Path) -> list[str]:
    """The figures of a page that say nothing of where they are from."""
    known = [said for name, said in LISTED if name == page.name]
    return [
        text[max(0, found.start() - 60) : found.end() + 30]
        for text, is_sourced in places(page)
        if not is_sourced
        for found in FIGURE.finditer(text)
        if not any(
            at < found.end() and found.start() < at + len(said)
            for said in known
            for at in (one.start() for one in re.finditer(re.escape(said), text))
        )
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_figure_says_where_it_is_from(page: Path) -> None:
    assert unsourced(page) == []


@pytest.mark.parametrize(("where", "held"), CONSTANTS.items(), ids=lambda one: one[1])
def test_a_constant_in_a_page_is_the_code_s(
    where: tuple[str, str], held: tuple[str, float]
) -> None:
    _, said = where
    place, worth = held
    module, _, name = place.partition(":")
    thing, _, field = name.partition(".")
    value = getattr(import_module(module), thing)
    if field:
        [value] = [one.default for one in fields(value) if one.name == field]
    assert number_in(said) == pytest.approx(float(value) * worth)


def number_in(said: str) -> float:
    """The first number of a text, in figures or as a word."""
    found = re.search(r"[\d,.]*\d|\b(?:" + "|".join(WORDS) + r")\b", said)
    assert found is not None, said
    return WORDS.get(found[0]) or float(found[0].replace(",", ""))


@pytest.mark.parametrize("where", SAID_BY_CODE, ids=lambda one: one[1])
def test_what_a_page_says_is_what_code_says(where: tuple[str, str]) -> None:
    assert where[1].replace(" ", "") == SAID_BY_CODE[where]().replace(" ", "")


def test_what_is_listed_is_said() -> None:
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    assert [one for one in LISTED if one[1] not in texts[one[0]]] == []


@pytest.mark.parametrize(
    "text",
    [
        "An answer takes 12 ms here.",
        "It costs 0.3 USD.",
        "Nine in ten, 93 % of them, are understood.",
        "Half of it, 41 MB, is a model.",
        "On this machine it is over in four minutes.",
        "2,636 requests were sent.",
    ],
)
def test_a_figure_of_no_source_is_seen(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n{text}\n\n# Another\n\n`make bench`\n", encoding="utf-8")
    assert unsourced(page) != []
    page.write_text(f"# A page\n\n{text}\nSo says `make bench PART=call`.\n", encoding="utf-8")
    assert unsourced(page) == []
