"""Roll-ups and what is counted of calls and visits, as items of the calls table and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.conversations.adapters.call_items import glance_of, record_of
from contact_center.conversations.adapters.count_marks import count_key
from contact_center.conversations.services.ports.calls import CallRow
from contact_center.figures.domain.counts import (
    LENGTHS,
    Bucket,
    added,
    counted_in,
    difference,
    hour_of,
    hour_text,
    text_of,
)
from contact_center.figures.services.roll_up_ports import RollUp, Subject
from contact_center.visits.adapters.visit_items import kept_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from contact_center.aws.dynamodb.items import Item
    from contact_center.figures.services.roll_up_ports import Change

COUNTER = "n."  # before the name of a counter: what else an item holds has another
HOURS_KEPT_SECONDS = 400 * 86_400  # a year to compare with, and some; days are kept for good
HOURS_A_DAY = 24
SAME_MARK = "#wanted = :wanted AND "
FIRST_TIME, SAME_TIMES = "attribute_not_exists(#counts)", "#counts = :counts"


def subject_of(name: str, record: Item | None, mark: Item) -> Subject:
    """Read a call or a visit with its mark. Raises one of UNREADABLE."""
    known = Subject(
        name=name,
        before=counted_in(text(mark, "counted")),
        counts=number(mark, "counts") or 0,
        wanted=number(mark, "wanted"),
        due="effects" in mark,
    )
    if record is None:
        return known
    if name.startswith(keys.VISITS):
        kept, due = kept_of(record), "effects" in record
        return replace(known, visit=kept.visit, revision=kept.revision, due=due)
    row = CallRow(record_of(record), glance_of(record), number(record, "decisions") or 0)
    revision = number(record, "revision") or 0
    if revision < (known.wanted or 0):
        raise ValueError("the record was read before its mark was written")
    began_ms = number(record, "started_at_ms") or 0
    return replace(known, call=row, revision=revision, began_ms=began_ms)


def count_writes(table: str, changes: Sequence[Change], expires_at_s: int) -> list[Write]:
    """The parts of the transaction that counts some calls and visits."""
    writes = [write for change in changes for write in _marks(table, change, expires_at_s)]
    sums: dict[tuple[str, str], list[Mapping[str, int]]] = {}
    of: dict[tuple[str, str], Bucket] = {}
    for change in changes:
        for bucket, counts in difference(change.subject.before, change.after).items():
            for key, part in _parts(bucket, counts):
                sums.setdefault(key, []).append(part)
                of.setdefault(key, bucket)
    for key, parts in sorted(sums.items()):
        counts = {name: count for name, count in added(parts).items() if count}
        if counts:
            writes.append(Write("roll_up", {"Update": _addition(table, key, of[key], counts)}))
    return writes


def roll_up_of(item: Item) -> RollUp:
    """Read a roll-up. Raises one of UNREADABLE."""
    of = item["of"]["S"]
    bucket = Bucket(hour_of(of), item["department"]["S"], item["campaign"]["S"])
    return RollUp(
        of=of, bucket=bucket, counts=counters_of(item), revision=number(item, "revision") or 0
    )


def counters_of(item: Item) -> dict[str, int]:
    """The counters of an item."""
    return {
        name.removeprefix(COUNTER): int(value["N"])
        for name, value in item.items()
        if name.startswith(COUNTER) and value["N"] != "0"
    }


def lengths_of(day: str) -> str:
    """What the roll-up of lengths of a day is of."""
    return f"{day}#{LENGTHS}"


def key_of(roll_up: RollUp) -> Item:
    """The key of a roll-up."""
    partition, sort = _key(roll_up.of, roll_up.bucket)
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _key(of: str, bucket: Bucket) -> tuple[str, str]:
    day, _, hour = of.removesuffix(f"#{LENGTHS}").partition("T")
    if of.endswith(LENGTHS):
        return keys.figures(day[:7]), f"{keys.LENGTHS}{day[8:]}"
    if hour:
        sort = keys.roll_up(f"{keys.HOURS}{hour}", bucket.department, bucket.campaign)
        return keys.figures(day), sort
    sort = keys.roll_up(f"{keys.DAYS}{day[8:]}", bucket.department, bucket.campaign)
    return keys.figures(day[:7]), sort


def _parts(
    bucket: Bucket, counts: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], Mapping[str, int]]]:
    """Into which items a difference goes: the hour, the day, and lengths into the day's own."""
    hour = hour_text(bucket.hour)
    plain = {name: n for name, n in counts.items() if not name.startswith(LENGTHS)}
    lengths = {name: n for name, n in counts.items() if name.startswith(LENGTHS)}
    if plain:
        yield _key(hour, bucket), plain
        yield _key(hour[:10], bucket), plain
    if lengths:
        yield _key(lengths_of(hour[:10]), bucket), lengths


def corrected(table: str, roll_up: RollUp, counts: Mapping[str, int]) -> dict[str, Any]:
    """A put of a roll-up that is still as it was read, with other counters."""
    item = key_of(roll_up) | {
        "of": {"S": roll_up.of.removesuffix(f"#{LENGTHS}")},
        "department": {"S": roll_up.bucket.department},
        "campaign": {"S": roll_up.bucket.campaign},
        "revision": {"N": str(roll_up.revision + 1)},
        **{f"{COUNTER}{name}": {"N": str(count)} for name, count in counts.items()},
    }
    if "T" in roll_up.of:
        item["expires_at"] = {"N": str(roll_up.bucket.hour * 3_600 + HOURS_KEPT_SECONDS)}
    return put_revised(table, item, roll_up.revision)


def _addition(
    table: str, key: tuple[str, str], bucket: Bucket, counts: Mapping[str, int]
) -> dict[str, Any]:
    """What adds counters to an item, and makes it where there is none."""
    hour = hour_text(bucket.hour)
    by_hour = key[1].startswith(keys.HOURS)
    names = {"#of": "of", "#department": "department", "#campaign": "campaign", "#rev": "revision"}
    values: Item = {
        ":of": {"S": hour if by_hour else hour[:10]},
        ":department": {"S": bucket.department},
        ":campaign": {"S": bucket.campaign},
        ":one": {"N": "1"},
    }
    sets = "#of = :of, #department = :department, #campaign = :campaign"
    if by_hour:
        names["#expires"] = "expires_at"
        values[":expires"] = {"N": str(bucket.hour * 3_600 + HOURS_KEPT_SECONDS)}
        sets += ", #expires = :expires"
    adds = ["#rev :one"]
    for at, (name, count) in enumerate(sorted(counts.items())):
        names[f"#n{at}"] = f"{COUNTER}{name}"
        values[f":n{at}"] = {"N": str(count)}
        adds.append(f"#n{at} :n{at}")
    return {
        "TableName": table,
        "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
        "UpdateExpression": f"SET {sets} ADD {', '.join(adds)}",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _marks(table: str, change: Change, expires_at_s: int) -> Iterable[Write]:
    subject = change.subject
    names = {"#counts": "counts", "#counted": "counted"}
    values: Item = {":next": {"N": str(subject.counts + 1)}}
    condition = SAME_TIMES if subject.counts else FIRST_TIME
    if subject.counts:
        values[":counts"] = {"N": str(subject.counts)}
    sets, removes = "#counts = :next", []
    if change.after is None:
        removes.append("#counted")
    else:
        sets += ", #counted = :counted"
        values[":counted"] = {"S": text_of(change.after)}
    if subject.visit is None:
        names |= {"#wanted": "wanted", "#effects": "effects", "#due": "due_at_ms"}
        values[":wanted"] = {"N": str(subject.wanted or 0)}
        condition = SAME_MARK + condition
        removes += ["#effects", "#due"]
    else:
        names["#expires"] = "expires_at"
        values[":expires"] = {"N": str(expires_at_s)}
        sets += ", #expires = :expires"
        yield Write("visit", {"Update": _visit_is_counted(table, subject)})
    remove = f" REMOVE {', '.join(removes)}" if removes else ""
    mark = {
        "TableName": table,
        "Key": count_key(subject.name),
        "UpdateExpression": f"SET {sets}{remove}",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    yield Write("mark", {"Update": mark})


def _visit_is_counted(table: str, subject: Subject) -> dict[str, Any]:
    """A visit that is still as read is marked no more; its revision stays."""
    return {
        "TableName": table,
        "Key": {"pk": {"S": subject.name}, "sk": {"S": keys.RECORD}},
        "UpdateExpression": "REMOVE #effects, #due",
        "ConditionExpression": "#revision = :seen",
        "ExpressionAttributeNames": {
            "#effects": "effects",
            "#due": "due_at_ms",
            "#revision": "revision",
        },
        "ExpressionAttributeValues": {":seen": {"N": str(subject.revision)}},
    }
