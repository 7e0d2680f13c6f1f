"""A report is archived without what nobody is to keep, whatever stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.records.domain.redaction_turns import Turn, amended
from contact_center.vapi.webhooks.report_words import redacted_report

if TYPE_CHECKING:
    from collections.abc import Sequence

type Said = Sequence[tuple[str, str]]

SPEAKERS = {"AI": "bot", "User": "user"}
SECONDS_APART = EVERYTHING.gap_ms // 4_000
WORDS = st.sampled_from(
    (
        *("4111 1111", "1111", "one one one one", " and then 1111 ", "My card is", "Mhm.", ""),
        *("The third of May 1985", "I was born in May", "ada at example dot com", "at the shop."),
        *("one", "I have two kids.", "415 555", "0123", "the card [card]", "[phone]", "  yes  "),
    )
)
TALKS = st.lists(st.tuples(st.sampled_from(sorted(SPEAKERS)), WORDS), max_size=12)


def report_of(said: Said) -> dict[str, Any]:
    """As Vapi sends it: in messages, with their times, and as a transcript without."""
    messages = [
        {"role": SPEAKERS[who], "message": words, "time": number * SECONDS_APART * 1_000}
        for number, (who, words) in enumerate(said)
    ]
    transcript = "\n".join(f"{who}: {words}" for who, words in said)
    return {"transcript": transcript, "artifact": {"messages": messages, "transcript": transcript}}


def messages_of(said: Said) -> list[str]:
    kept = redacted_report(report_of(said), EVERYTHING)
    return [one["message"] for one in kept["artifact"]["messages"]]


@given(TALKS)
def test_every_turn_is_kept_as_if_all_were_looked_at_together(said: Said) -> None:
    turns = [
        Turn(number * SECONDS_APART * 1_000, f"{number:06d}", who, redact(words.strip()))
        for number, (who, words) in enumerate(said)
    ]
    changed = amended(turns, EVERYTHING)
    wanted = [changed.get(turn.key, turn.said).text for turn in turns]
    assert [words.strip() for words in messages_of(said)] == wanted


@given(TALKS)
def test_a_transcript_says_what_the_messages_say_and_who_said_it(said: Said) -> None:
    kept = redacted_report(report_of(said), EVERYTHING)
    speakers = [who for who, _ in said]
    lines = [f"{who}: {words}" for who, words in zip(speakers, messages_of(said), strict=True)]
    assert kept["transcript"].replace(" ", "") == "\n".join(lines).replace(" ", "")
    assert kept["artifact"]["transcript"] == kept["transcript"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["It's 4111 1111", "Mhm.", "1111 1111"], ["It's [card]", "Mhm.", "[card]"]),
        (["My birthday", "the third of the fourth"], None),
        (["It's 4111 1111 11 ", " 1111 11 "], ["It's [card] ", " [card] "]),
        (["I was born on May third"], ["I was born on [date of birth]"]),
        (["write to ada at example dot com."], ["write to [email]."]),
        (["Two tickets, please."], None),
    ],
)
def test_what_is_in_no_turn_by_itself_goes_too(said: list[str], kept: list[str] | None) -> None:
    assert messages_of([("User", words) for words in said]) == (said if kept is None else kept)


def test_what_stands_beside_the_words_of_a_message_is_looked_at_as_well() -> None:
    told = {
        "role": "user",
        "message": "Hello.",
        "toolCalls": [{"function": {"arguments": '{"card": "4111111111111111"}'}}],
    }
    none = {"role": "tool", "message": {"said": "4111111111111111"}}
    report = {"artifact": {"messages": [told, none, "4111111111111111", None]}}
    kept = redacted_report(report, EVERYTHING)["artifact"]["messages"]
    assert "4111" not in repr(kept)
    assert kept[0] | {"toolCalls": 0} == told | {"toolCalls": 0}
    assert kept[1:] == [{"role": "tool", "message": {"said": "[card]"}}, "[card]", None]
