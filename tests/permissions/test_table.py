"""Every word of every policy has a test that fails without it: the table that says which.

`make permissions` makes the table anew and takes each word away from its test, which takes minutes.
Here the table is held to the policies and the tests that there are.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.permissions.asked import UnknownRequestError, needs
from tests.permissions.roles import Need, Statement, Word, allowed, held_by, roles
from tests.sam import ROOT

TABLE: dict[str, str] = json.loads((Path(__file__).parent / "held_by.json").read_text())
MAKES_IT = "make permissions makes it anew"


def test_every_word_of_every_policy_is_in_the_table_and_nothing_else() -> None:
    words = {str(word) for role in roles().values() for one in role for word in one.words()}

    assert words - set(TABLE) == set(), f"no test is named that needs these; {MAKES_IT}"
    assert set(TABLE) - words == set(), f"older than template.yaml; {MAKES_IT}"


def test_no_word_is_without_a_test_that_fails_without_it() -> None:
    assert [word for word, test in TABLE.items() if not test] == [], MAKES_IT


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text()


def test_every_test_of_the_table_is_there() -> None:
    gone = {
        test
        for test in TABLE.values()
        if test
        and not re.search(rf"^ *def {_name(test)}\(", _text(test.partition("::")[0]), re.MULTILINE)
    }

    assert gone == set(), MAKES_IT


def _name(test: str) -> str:
    return re.escape(test.partition("[")[0].rpartition("::")[2])


KEPT = Statement("R", "Kept", ("a:Get", "a:Put"), ("T", "T/index/*"), ("A#*", "B"), None)
OPT_OUT = Statement("R", "OptOut", ("a:Update",), ("T",), ("P#*",), ("pk", "sk", "at"))


def need(action: str, resource: str, *keys: str, names: str = "") -> Need:
    return Need("R", action, resource, frozenset(keys), frozenset(names.split()))


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        (need("a:Get", "T", "A#1"), True),
        (need("a:Get", "T", "A#1", "B"), True),
        (need("a:Get", "T", "A#1", "C#1"), False),
        (need("a:Get", "T", "B1"), False),
        (need("a:Get", "T/index/x"), True),
        (need("a:Get", "U", "B"), False),
        (need("a:Delete", "T", "B"), False),
        (need("a:Update", "T", "P#1", names="pk sk at"), True),
        (need("a:Update", "T", "P#1", names="pk sk at name"), False),
        (need("a:Update", "T", "B", names="pk"), False),  # no two statements together
    ],
)
def test_a_policy_is_read_as_iam_reads_it(asked: Need, may: bool) -> None:  # noqa: FBT001
    assert allowed(asked, (KEPT, OPT_OUT)) is may


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (need("a:Get", "T", "A#1"), {("action", "a:Get"), ("resource", "T"), ("key", "A#*")}),
        (need("a:Get", "T/index/x"), {("action", "a:Get"), ("resource", "T/index/*")}),
        (
            need("a:Update", "T", "P#1", names="pk at"),
            {
                *(("action", "a:Update"), ("resource", "T"), ("key", "P#*")),
                *(("attribute", "pk"), ("attribute", "at")),
            },
        ),
        (need("a:Delete", "T"), set()),
    ],
)
def test_a_request_holds_the_words_without_which_it_is_refused(
    asked: Need, words: set[tuple[str, str]]
) -> None:
    found = held_by(asked, (KEPT, OPT_OUT))

    assert {(word.kind, word.word) for word in found} == words
    for word in found:
        left = [one.without(word) if one.sid == word.sid else one for one in (KEPT, OPT_OUT)]
        assert not allowed(asked, left)


def test_what_two_statements_allow_holds_neither() -> None:
    again = Statement("R", "Again", ("a:Get",), ("T",), None, None)

    assert held_by(need("a:Get", "T", "A#1"), (KEPT, again)) == set()


def asks(operation: str, **said: object) -> set[tuple[str, str, frozenset[str]]]:
    found = needs("call_router", "dynamodb", operation, said)
    return {(one.action.partition(":")[2], one.resource, one.keys) for one in found}


def key(text: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": text}, "sk": {"S": "x"}}


CALLS, DIALING = "switchboard-Calls", "switchboard-Dialing"


def test_a_transaction_needs_the_action_of_each_part_and_a_batch_its_own() -> None:
    put = {"Put": {"TableName": CALLS, "Item": key("CALL#1")}}
    check = {"ConditionCheck": {"TableName": DIALING, "Key": key("LINES#1")}}

    assert asks("TransactWriteItems", TransactItems=[put, check]) == {
        ("PutItem", "Calls", frozenset({"CALL#1"})),
        ("ConditionCheckItem", "Dialing", frozenset({"LINES#1"})),
    }
    written = [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("B")}}]
    assert asks("BatchWriteItem", RequestItems={CALLS: written}) == {
        ("BatchWriteItem", "Calls", frozenset({"A", "B"}))
    }
    assert asks("BatchGetItem", RequestItems={CALLS: {"Keys": [key("A"), key("B")]}}) == {
        ("BatchGetItem", "Calls", frozenset({"A", "B"}))
    }


def test_a_query_reaches_one_partition_or_an_index() -> None:
    asked = {
        "TableName": CALLS,
        "KeyConditionExpression": "#p = :k AND begins_with(sk, :s)",
        "ExpressionAttributeNames": {"#p": "pk"},
        "ExpressionAttributeValues": {":k": {"S": "CALL#1"}, ":s": {"S": "F#"}},
    }

    assert asks("Query", **asked) == {("Query", "Calls", frozenset({"CALL#1"}))}
    by_day = asked | {"IndexName": "by-day", "ExpressionAttributeNames": {"#p": "day"}}
    assert asks("Query", **by_day) == {("Query", "Calls/index/by-day", frozenset({"CALL#1"}))}


def test_an_update_names_the_attributes_of_its_expressions() -> None:
    [asked] = needs(
        "call_router",
        "dynamodb",
        "UpdateItem",
        {
            "TableName": CALLS,
            "Key": key("CALL#1"),
            "UpdateExpression": "SET #a.#b = :v REMOVE #c",
            "ConditionExpression": "attribute_exists(#d)",
            "ExpressionAttributeNames": {"#a": "a", "#b": "inner", "#c": "c", "#d": "d"},
        },
    )

    assert asked.attributes == {"pk", "sk", "a", "c", "d"}


def test_what_is_not_known_is_not_let_pass() -> None:
    with pytest.raises(UnknownRequestError):
        list(needs("call_router", "dynamodb", "Scan", {"TableName": CALLS}))
    with pytest.raises(UnknownRequestError):
        list(needs("call_router", "kms", "Decrypt", {}))


def test_a_word_says_where_it_stands() -> None:
    assert str(Word("DialerRole", "Pace", "key", "PACE#*")) == "DialerRole Pace key PACE#*"
