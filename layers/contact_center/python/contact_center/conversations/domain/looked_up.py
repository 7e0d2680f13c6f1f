"""What a record knows of what is still to be asked about its call (records/domain/look_ups.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.calls import (
    ANSWERS,
    COST,
    RECORDED,
    RECORDING,
    REPORTED_REASON,
)
from contact_center.records.domain.costs import MICROS, USD, Source
from contact_center.records.domain.look_ups import Known

if TYPE_CHECKING:
    from contact_center.conversations.domain.calls import CallRecord

OF_A_VISIT, FIRST_POST = "v-", "1"
NOT_TOLD = json.dumps({"currency": "USD", "final": False, "parts": {}}, sort_keys=True)
LONGEST_LEG = 64


def source_of(leg: str) -> str:
    """Under which name a leg's price is told."""
    return f"{Source.TWILIO}:{leg}"


def legs_of(record: CallRecord) -> tuple[str, ...]:
    """The legs of the telephone that a call's prices are asked for.

    A caller who came in at our own number has one leg for all his calls with assistants: it is
    with the first of them.
    """
    leg, post = record.value("twilio_call_sid"), record.value("visit_post") or ""
    visit, _, number = post.removeprefix(OF_A_VISIT).partition(".")
    of_visit = visit if number == FIRST_POST else None
    found = dict.fromkeys(one for one in (leg, of_visit) if one and len(one) <= LONGEST_LEG)
    return tuple(found)


def expecting_prices(record: CallRecord) -> CallRecord:
    """A record whose legs have no price yet, and say so; what was ever told of one stands."""
    registers = dict(record.registers)
    for leg in legs_of(record):
        registers.setdefault(COST + source_of(leg), (0, NOT_TOLD))
    return record if registers == record.registers else replace(record, registers=registers)


def legs_without_price(record: CallRecord) -> int:
    """Of how many legs nobody has said yet what they cost, and somebody may."""
    told = record.costs.told
    sources = [told.get(source_of(leg)) for leg in legs_of(record)]
    return sum(one is not None and not one.parts and not one.final for one in sources)


def price_of(record: CallRecord) -> int | None:
    """What a call costs whoever ordered it, by now, in millionths of a USD; None: nobody knows.

    What providers tell, Vapi's first; our own share of AWS, which is reckoned, is none of it.
    """
    told = record.costs.told
    said = record.value("cost_usd")
    if Source.VAPI not in told and said is None:
        return None
    legs = sum(
        sum(one.parts.values())
        for name, one in told.items()
        if name.startswith(f"{Source.TWILIO}:") and one.currency == USD
    )
    vapi = told.get(Source.VAPI)
    return legs + (sum(vapi.parts.values()) if vapi else round(float(said or 0) * MICROS))


def known_of(record: CallRecord, *, priced_here: bool, copied_here: bool = False) -> Known:
    """What decides what is asked about a call.

    Args:
        record: Of the call.
        priced_here: Whether its legs are of an account of ours, that tells their prices.
        copied_here: Whether we keep copies of recordings.
    """
    return Known(
        news_ms=record.last_seen_ms,
        ended_ms=(record.ended_at_ms or record.last_seen_ms) if record.ended else None,
        reported=record.registers.get(REPORTED_REASON) is not None,
        answered=ANSWERS in record.registers,
        talked=record.talked,
        legs=legs_of(record) if priced_here else (),
        to_copy=copied_here
        and record.value(RECORDED) is not None
        and RECORDING not in record.registers,
        asked=record.looked_up,
    )
