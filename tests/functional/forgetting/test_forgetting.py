"""A person in every store, forgotten by the API and the worker; then everything is looked at."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.forgetting.adapters.not_ours import WEBHOOK
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_ports import Person
from contact_center.kernel.time_left import always
from contact_center.lists.adapters.dynamodb_imports import import_key
from tests.functional.conversations.routing_rig import CALL_ID
from tests.functional.forgetting.forget_rig import HIS, OF_HIM, Forgetful, simulators
from tests.functional.forgetting.planted_person import (
    CAMPAIGN,
    added_up_again,
    contact_key,
    count,
    late_message,
    plant,
    plant_one,
    plant_the_rest,
    put,
    written_meanwhile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

# Where something of him was planted, by the store that has to let go of it.
PLANTED = {
    Store.CONTACTS: {"contacts: CAMPAIGN CONTACT", "contacts: PERSON PERMISSION"},
    Store.DIALING: {
        "dialing: ATTEMPT ATTEMPT",
        "dialing: CUSTOMER CUSTOMER",
        "dialing: ENTRY ENTRY",
        "dialing: VISIT OFFER",
        "dialing: KEPT NUMBER",
        "dialing: KEPT FAILED",
        "dialing: PIN TRIES",
    },
    Store.REPORTS: {"bucket: reports"},
    Store.RECORDINGS: {"bucket: recordings"},
    Store.CALLS: {
        *(f"calls: CALL {sort}" for sort in ("RECORD", "TURN", "FACT", "CLAIM", "TOOL", "ASKED")),
        *(f"calls: CALL {sort}" for sort in ("LEFT", "READ", "FOLDED", "OFFERED", "DECISION")),
        "calls: CALL LOOK_UPS",
        *(f"calls: CUSTOMER {sort}" for sort in ("EFFECT", "EFFECTS", "WHO")),
        *(f"calls: CUSTOMER {sort}" for sort in ("STORY", "KNOWN")),
        "calls: VISIT RECORD",
        "calls: DEAD DEAD",
    },
    Store.LISTS: {"bucket: imports", "bucket: campaigns"},
    Store.VAPI: {"vapi"},
    Store.TWILIO: {"twilio: call", "twilio: recording", "twilio: transcription"},
    Store.HUBSPOT: {"hubspot: contacts", "hubspot: calls"},
}


# Partitions of indexes: what stands in them is the items above.
OF_INDEXES = {
    *(
        "ACTIVE",
        "BREAKS",
        "CAMPAIGNS",
        "CHECK",
        "DOUBTS",
        "DUE",
        "FAILED_LISTS",
        "LISTS",
        "NATIONAL",
        "OFFERS",
    ),
    *("OPEN", "PEOPLE", "REPORT", "RUNNING", "TO_COUNT", "URGENT", "WAIT", "WISHES"),
}
# What the tables hold besides, and why nobody of whom it is asked can be found in it.
OF_NOBODY = {
    "ours, and no customer's": {
        *(
            "calls: CALENDAR SLOT",
            "calls: AUDIT AT",
            "calls: LOOKING LOOKING",
            "calls: LOGIN TRIES",
        ),
        *("calls: RECEIVER HEALTH", "calls: RECEIVER BUDGET", "calls: CAUSES", "calls: CALL PROBE"),
        *("contacts: CAMPAIGN CAMPAIGN", "contacts: CAMPAIGN SNAPSHOT", "contacts: CAMPAIGN PLAN"),
        *("contacts: CAMPAIGN JOB", "contacts: CAMPAIGN COMPLETE", "contacts: PLANNER NOTE"),
        *("contacts: CALLER REST", "contacts: CALLER HOUR", "dialing: MESSAGES MESSAGES"),
        *("dialing: COLLEAGUE COLLEAGUE", "dialing: SWITCH DIALING", "dialing: PACE LOG"),
    },
    "figures": {
        "calls: DAY_BOOK LEAF",
        *("calls: FIGURES HOUR", "calls: FIGURES DAY", "calls: FIGURES LENGTHS"),
        *("calls: FIGURES WORST", "calls: CALL COUNTED", "contacts: CAMPAIGN COUNT"),
        *("contacts: CAMPAIGN TALLY", "dialing: LINES COUNT", "dialing: TRANSFERS COUNT"),
    },
    "a keyed digest, by which he is known and stays uncalled": {
        *("calls: CALL FORGOTTEN", "contacts: FORGOTTEN FORGOTTEN"),
    },
    "ids alone, or lines of a list without their words": {
        *("dialing: LINES LEASE", "dialing: LINES ENDED", "dialing: TURN TURN"),
        *("dialing: TRIGGER ANSWER", "dialing: QUEUE BOARD", "dialing: QUEUE PLACE"),
        *("dialing: QUEUE OFFER", "dialing: ASIDE ASIDE", "contacts: CAMPAIGN IMPORT"),
    },
}


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        plant(made)
        yield made


def test_every_kind_of_item_of_the_tables_is_planted_or_holds_nobody() -> None:
    """A new prefix of keys is in one of the two: whoever adds it says which."""
    planted = {place for places in PLANTED.values() for place in places}
    listed = [*planted, *(place for places in OF_NOBODY.values() for place in places)]
    assert len(listed) == len(set(listed))
    kinds = {word for place in listed for word in _keys_of(place)}
    written = ast.parse(inspect.getsource(keys))
    said = {str(one.value) for one in ast.walk(written) if isinstance(one, ast.Constant)}
    prefixes = {one.rstrip("#") for one in said if re.fullmatch("[A-Z][A-Z_]+#?", one)}
    assert prefixes - OF_INDEXES == kinds


def _keys_of(place: str) -> list[str]:
    where, _, kinds = place.partition(": ")
    return kinds.split() if where in {"calls", "dialing", "contacts"} else []


def test_whatever_store_is_left_out_is_found_by_looking_through_everything(rig: Forgetful) -> None:
    """One after the other lets go: what the others hold is still found, and nothing of it twice."""
    plant_the_rest(rig)
    others, left = rig.others_left(), set().union(*PLANTED.values())
    erasers = rig.parts(rig.start()).erasers
    person = Person(
        number=HIS,
        until_ms=4_000_000_000_000,
        civil_until_ms=4_000_000_000_000,
        call_ids=(CALL_ID,),
    )
    assert set(rig.left()) == left

    for store, places in PLANTED.items():
        erased = erasers[store]().erase(person, always)
        assert (erased.later, erased.impossible) == (None, None), store
        assert erased.count > 0, store
        left -= places
        assert set(rig.left()) == left, store
        assert erasers[store]().erase(person, always).count == 0, f"{store}: again"
    assert rig.others_left() == others


def test_what_nobody_can_read_of_him_or_of_another_holds_up_no_store(rig: Forgetful) -> None:
    """Each item as a later release may write it: the same words in another shape."""
    plant_the_rest(rig)
    put(rig, rig.account.contacts_table, import_key("c-1.one") | {"said": {"S": "of a list"}})
    others = rig.others_left()
    for table, item in rig.stored():
        if "said" in item:
            words = item["said"].get("S", "")
            of_a_call = table == rig.account.calls_table
            item["said"] = {"S": json.dumps([words] if of_a_call else {"later": words})}
        put(rig, table, item | ({"version": {"N": "99"}} if "version" in item else {}))
    erasers = rig.parts(rig.start()).erasers
    person = Person(
        number=HIS,
        until_ms=4_000_000_000_000,
        civil_until_ms=4_000_000_000_000,
        call_ids=(CALL_ID,),
    )
    for store in PLANTED:
        erased = erasers[store]().erase(person, always)
        assert (erased.later, erased.impossible) == (None, None), store
    assert rig.left() == []
    assert rig.others_left() == others


def test_a_person_is_forgotten_everywhere_for_good(rig: Forgetful) -> None:
    assert count(rig) == 4  # two calls and two visits
    before, others = added_up_again(rig), rig.others_left()
    [report] = rig.reports_of(CALL_ID)
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    assert rig.left() == []
    assert rig.others_left() == others
    told = rig.certificate(forget_id)
    states = {one["store"]: (one["state"], one["why"]) for one in told["stores"]}
    assert states.pop("webhook") == ("impossible", WEBHOOK)
    assert states.pop("calendar")[0] == "impossible"
    assert set(states.values()) == {("done", None)}
    assert set(states) == {store.value for store in Store} - {"webhook", "calendar"}
    assert (told["state"], told["round"]) == ("done", 1)
    assert told["askedAt"] < told["runsAgainAt"] < told["backupsUntil"]
    assert not any(word in json.dumps(told) for word in OF_HIM)

    _rows_are_gone(rig)
    _figures_stay(rig)
    after = added_up_again(rig)
    assert (before.agrees, before.roll_ups) == (after.agrees, after.roll_ups)
    assert after.agrees
    _nobody_calls_him(rig)
    _what_comes_late_is_swallowed(rig)
    _it_runs_again(rig, forget_id, report)
    _and_after_a_restore(rig, forget_id)


def _rows_are_gone(rig: Forgetful) -> None:
    begins = 'phone,name,note\r\n(415) 555-0199,"Bystander","two\r\nlines"\r\n'
    ends = "+14155550177,Third,\r\n"
    blank = "\n\n"  # rows after it keep their numbers
    assert rig.object("imports/c-1.one/list.csv") == (begins + blank + ends).encode()
    assert rig.object("imports/c-1.two/inline.csv") == (begins + blank + ends).encode("utf-16")
    results = (begins + ends).replace("(415) 555-", "+1415555").encode("utf-8-sig")
    assert rig.object("campaigns/c-1/exports/job.csv") == results


def _figures_stay(rig: Forgetful) -> None:
    """He is withdrawn in the campaign's figures, and the calls of the day are as many."""
    table = rig.account.contacts_table
    pages = rig.account.client("dynamodb").query(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :count)",
        ExpressionAttributeValues={
            ":pk": {"S": keys.campaign(CAMPAIGN)},
            ":count": {"S": "COUNT#"},
        },
    )
    counts: dict[str, int] = {}
    for item in pages["Items"]:
        for name, value in item.items():
            if "N" in value:
                counts[name] = counts.get(name, 0) + int(value["N"])
    assert counts == {"contacts:waiting": 1, "contacts:withdrawn": 1}
    found = rig.account.client("dynamodb").get_item(
        TableName=table, Key=contact_key(HIS), ConsistentRead=True
    )
    assert "Item" not in found


def _nobody_calls_him(rig: Forgetful) -> None:
    asked = {"phone": HIS, "purpose": "marketing"}
    status, told = rig.api.ask("POST", "/api/contactability", asked)
    assert (status, told["allowed"], told["reason"]) == (200, False, "suppressed")
    customer = {"customer": {"phone": HIS}}
    status, told = rig.api.ask("POST", "/trigger/outbound", customer)
    assert (status, told["reason"]) == (409, "suppressed")


def _what_comes_late_is_swallowed(rig: Forgetful) -> None:
    """With what the door has noted for it; the router takes it away."""
    noted = {"pk": {"S": keys.call(CALL_ID)}, "sk": {"S": "ANSWER#late"}, "said": {"S": "Canary"}}
    put(rig, rig.account.calls_table, noted)
    assert late_message(rig) == []
    assert rig.left() == []


def _it_runs_again(rig: Forgetful, forget_id: str, report: str) -> None:
    """Soon, for what was being written in the moment of erasing; 14 days later for what came late:

    what was not swallowed, as its call was not known.
    """
    written_meanwhile(rig, report)
    assert set(rig.left()) == {"calls: CALL FACT", "bucket: reports", "bucket: recordings"}
    soon = rig.start(days_later=1)
    assert soon.lambda_handler({}, rig.context) == {"sent": 1}
    rig.work(soon)
    assert rig.left() == []
    assert rig.certificate(forget_id)["round"] == 2

    plant_one(rig, HIS, "Canary", "late-call")
    rig.drain()
    app = rig.start(days_later=13)
    assert app.lambda_handler({}, rig.context) == {"sent": 0}
    later = rig.start(days_later=15)
    assert later.lambda_handler({}, rig.context) == {"sent": 1}
    rig.work(later)

    assert rig.left() == []
    told = rig.certificate(forget_id)
    assert (told["state"], told["round"], told["runsAgainAt"]) == ("done", 3, None)
    assert all(one["state"] != "open" for one in told["stores"])


def _and_after_a_restore(rig: Forgetful, forget_id: str) -> None:
    """The tables are as they were before he was forgotten: the bucket's register knows him."""
    plant_one(rig, HIS, "Canary", "restored-call")
    rig.drain()
    rig.account.client("dynamodb").delete_item(
        TableName=rig.account.contacts_table,
        Key={"pk": {"S": keys.forgotten(forget_id)}, "sk": {"S": keys.FORGOTTEN}},
    )
    status, _ = rig.api.ask("POST", "/api/forget/again", {})
    assert status == 202
    again = rig.start(days_later=20)
    rig.work(again)
    for later in (20, 21, 22):  # 14 days have passed: the last one follows the second at once
        again = rig.start(days_later=later)
        again.lambda_handler({}, rig.context)
        rig.work(again)

    assert rig.left() == []
    told = rig.certificate(forget_id)
    assert (told["state"], told["round"]) == ("done", 3)
    asked = {"phone": HIS, "purpose": "marketing"}
    assert rig.api.ask("POST", "/api/contactability", asked)[1]["reason"] == "suppressed"
    rig.api.ask("DELETE", "/api/suppressions", {"phone": HIS})  # he wants to be called again
    assert rig.api.ask("POST", "/api/contactability", asked)[1]["reason"] == "no_consent"


def test_whoever_imports_lists_does_not_wait_for_what_forgets_people(rig: Forgetful) -> None:
    rig.start()
    loads = """
import sys, importer.app
print([name for name in sys.modules if name.startswith(("twilio", "requests"))
    or ".forgetting" in name or ".crm" in name])
"""
    ran = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-c", loads],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"
