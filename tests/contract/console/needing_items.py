"""One thing of every kind that waits for a person, each as its own adapter writes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.troubles import DynamoDBTroubles
from contact_center.campaigns.adapters.campaign_items import campaign_item
from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.campaigns.domain.campaign_wishes import CampaignWish
from contact_center.campaigns.domain.campaigns import Campaign, CampaignState
from contact_center.console.domain.needs import NeedKind
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen, RecordingTold, ToolCalled
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT, DialRequest
from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
from contact_center.forgetting.domain.forgetting import Forgetting, Reached
from contact_center.forgetting.domain.stores import Store
from contact_center.kernel.set_aside import STUMBLES, Thing, Trouble
from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.queue.adapters.queue_items import entry_item, kept_item, kept_key
from contact_center.queue.domain.kept_places import KeptPlace
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.records.adapters.effect_items import dead_item
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visit_parts import Message
from contact_center.visits.domain.visits import Visit
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account

NOW_MS = 1_787_227_200_000
DAY_MS = 86_400_000
LONGEST_MS = 3_600_000  # that a line is held, or a caller stands in line
OLD_MS = NOW_MS - 2 * DAY_MS
NUMBER = "+12125550123"
EXPIRES_S = 4_000_000_000


def put(account: Account, table: str, *items: Mapping[str, Any]) -> None:
    for item in items:
        account.client("dynamodb").put_item(TableName=table, Item=dict(item))


def attempt(account: Account, name: str, **how: Any) -> None:
    request = DialRequest(
        attempt_id=name,
        number=NUMBER,
        prefix=NUMBER[:5],
        purpose="informational",
        assistant="sales",
        created_at_ms=OLD_MS,
        expires_at_ms=NOW_MS,
    )
    one = DialAttempt(request=request, slot_at_ms=OLD_MS, due_at_ms=None, **how)
    put(account, account.dialing_table, attempt_item(one, EXPIRES_S))


def doubt(account: Account) -> None:
    attempt(account, "a-doubt", state=AttemptState.DOUBTFUL, posts=1)


def attempt_aside(account: Account) -> None:
    attempt(account, "a-aside", state=AttemptState.DIALING, failures=STUMBLES, trouble="KeyError")


def aside(account: Account) -> None:
    one = Trouble(
        thing=Thing.WISH,
        of_id="v-3",
        failures=STUMBLES,
        cause="KeyError at here.py:1",
        since_ms=OLD_MS,
        last_ms=OLD_MS,
    )
    DynamoDBTroubles(account.lean(), account.dialing_table).write(one)


def entry(visit_id: str, **how: Any) -> QueueEntry:
    place = KeptPlace(asked_at_ms=OLD_MS, by="the web form", from_ms=OLD_MS, ends_at_ms=NOW_MS)
    return QueueEntry(
        visit_id=visit_id,
        department="billing",
        waits_for=WaitsFor.LINE,
        leg="CA1",
        place_ms=OLD_MS,
        since_ms=OLD_MS,
        number=NUMBER,
        kept=place,
        version=1,
        **how,
    )


def put_place(account: Account, kept: QueueEntry, *longest_ms: int) -> None:
    """A kept place, as its entry and as what a caller's number leads to."""
    key = kept_key(kept)
    assert key is not None
    expires_s = OLD_MS // 1_000
    items = entry_item(kept, expires_s, *longest_ms), kept_item(kept, key, expires_s)
    put(account, account.dialing_table, *items)


def overdue(account: Account) -> None:
    put_place(account, entry("v-overdue", state=EntryState.KEPT), LONGEST_MS)


def failed_callback(account: Account) -> None:
    left = entry("v-failed", state=EntryState.LEFT, because=LeftBecause.NOT_REACHED)
    put_place(account, left)


def lost_line(account: Account) -> None:
    client, table = account.client("dynamodb"), account.dialing_table
    assert DynamoDBLines(client, table, CALLING_ACCOUNT).admit("call:old", OLD_MS)


def dead_effect(account: Account) -> None:
    effect = Effect("one", NUMBER, 0, EffectKind.CALL, "built_in", {}, OLD_MS, "c")
    put(account, account.calls_table, dead_item(effect, "validation", OLD_MS, 90))


def told(account: Account, call_id: str, fact: Fact, *, alone: bool = False) -> None:
    """A fact of a call; `alone`: nothing else follows from it."""
    seen = CallSeen(call_id=call_id, at_ms=OLD_MS, key="s", customer_number=NUMBER)
    clock = FakeClock(NOW_MS)
    store = DynamoDBCalls(
        account.client("dynamodb"), account.calls_table, clock, 3_650, lambda: "one"
    )
    record = merge_all(call_id, [seen, fact])
    if alone:
        store.note([fact], record.value("customer_number"))
    else:
        store.commit(store.read(call_id), record, [seen, fact], [], CallGlance())


def follow_up(account: Account, *, alone: bool = False) -> None:
    left = ToolCalled(
        call_id="left",
        at_ms=OLD_MS,
        key="tool:1",
        tool_call_id="1",
        name="takeMessage",
        arguments={"about": "a refund"},
        follow_up="message",
    )
    told(account, "left", left, alone=alone)


def recording(account: Account) -> None:
    lost = RecordingTold(
        call_id="lost",
        at_ms=OLD_MS,
        key="recording",
        state="lost",
        reason="not_there",
        follow_up="recording",
    )
    told(account, "lost", lost)


def voicemail(account: Account) -> None:
    visit = Visit(
        visit_id="v-left",
        caller=NUMBER,
        department="billing",
        endings={"failed": "full", "voicemail": "message"},
        messages={"RE1": Message(at_ms=OLD_MS, seconds=9)},
    )
    put(account, account.calls_table, visit_item(visit, 1, EXPIRES_S))


def campaign(account: Account) -> None:
    wish = CampaignWish(name="Offer", purpose="marketing", assistant="sales")
    stopped = Campaign(
        campaign_id="c" * 32,
        wish=wish,
        created_at_ms=OLD_MS,
        changed_at_ms=OLD_MS,
        state=CampaignState.STOPPED,
        reason="assistant sales is gone",
        version=3,
    )
    put(account, account.contacts_table, campaign_item(stopped))


def rest(account: Account, until_ms: int = NOW_MS + DAY_MS, reason: str = "flagged") -> None:
    book = DynamoDBCallers(
        account.client("dynamodb"), account.contacts_table, FakeClock(NOW_MS - 1)
    )
    book.rest("default", until_ms, reason)


def job(name: str, created_ms: int, state: ImportState) -> ImportJob:
    return ImportJob(
        import_id=f"{'d' * 32}.{name}",
        campaign_id="d" * 32,
        file_key="k",
        file_version="v",
        created_at_ms=created_ms,
        state=state,
    )


def imports(account: Account) -> DynamoDBImports:
    return DynamoDBImports(account.client("dynamodb"), account.contacts_table)


def failed_import(account: Account, failed_ms: int = OLD_MS) -> None:
    assert imports(account).create(job("one", failed_ms, ImportState.FAILED))


def forgetting(account: Account) -> None:
    one = Forgetting(
        forget_id="old",
        sealed="x",
        asked_ms=OLD_MS,
        civil_ms=OLD_MS,
        stores={Store.CALLS: Reached()},
        look_ms=NOW_MS,
    )
    book = DynamoDBForgettings(account.client("dynamodb"), account.contacts_table)
    known = book.read("old")
    assert book.write(replace(one, version=0 if known is None else known.version))


# By kind: who writes it.
NEEDING: dict[NeedKind, Callable[[Account], None]] = {
    NeedKind.DIAL_IN_DOUBT: doubt,
    NeedKind.ATTEMPT_SET_ASIDE: attempt_aside,
    NeedKind.SET_ASIDE: aside,
    NeedKind.CALLBACK_OVERDUE: overdue,
    NeedKind.CALLBACK_FAILED: failed_callback,
    NeedKind.LINE_LOST: lost_line,
    NeedKind.DEAD_EFFECT: dead_effect,
    NeedKind.FOLLOW_UP: follow_up,
    NeedKind.RECORDING_LOST: recording,
    NeedKind.VOICEMAIL: voicemail,
    NeedKind.CAMPAIGN_STOPPED: campaign,
    NeedKind.NUMBER_RESTS: rest,
    NeedKind.IMPORT_FAILED: failed_import,
    NeedKind.FORGETTING_UNFINISHED: forgetting,
}
