"""`make expressions`: what it looks for, and that it notices what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.expressions import strict_parser
from tests.expressions.__main__ import _judge
from tests.expressions.check import Findings, check, tables_of, wrongs
from tests.expressions.literals import Piece, unseen, written
from tests.expressions.planted import KEY, PLANTED, TABLE, Planted
from tests.expressions.quick_rules import QuickJudge, keys_of_tables
from tests.expressions.recorder import Recording, Request, kept
from tests.expressions.request_rules import faults, singles
from tests.expressions.strict_parser import StrictParser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {TABLE: ["pk", "sk"]}
ADAPTER = '''"""SET #said = :in_a_docstring"""

IS_NEW = "attribute_not_exists(#pk)"

def fold(client, gone, names):
    client.update_item(
        UpdateExpression=f"SET #base = :base REMOVE {gone}",
        ExpressionAttributeNames=names,
    )

def put(item):
    request = {"Item": item, "ConditionExpression": IS_NEW}
    request["UpdateExpression"] = item
'''


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictParser]:
    if strict_parser.missing() or not strict_parser.is_installed():
        pytest.skip("the strict parser is not installed: `make expressions` installs it")
    with StrictParser(tmp_path_factory.mktemp("parser") / "log") as running:
        yield running


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.mistake)
def test_a_planted_mistake_is_refused(parser: StrictParser, planted: Planted) -> None:
    assert wrongs(planted.operation, planted.body, parser)


def test_a_right_request_passes_whether_its_condition_holds_or_not(parser: StrictParser) -> None:
    once = {
        "TableName": TABLE,
        "Item": KEY,
        "ConditionExpression": "attribute_not_exists(#pk)",
        "ExpressionAttributeNames": {"#pk": "pk"},
    }
    sent = [Request("PutItem", once, "dynamodb_attempts.py")] * 2
    assert check(sent, parser) == Findings(refused={}, judged=2, elsewhere=0)


def test_what_is_refused_is_named_with_its_adapter(parser: StrictParser) -> None:
    wrong = {"TableName": TABLE, "Key": KEY, "UpdateExpression": "SET a = 1"}
    found = check([Request("UpdateItem", wrong, "dynamodb_lines.py")] * 2, parser)
    [(why, times)] = found.refused.items()
    assert why.startswith("dynamodb_lines.py  UpdateItem: Invalid UpdateExpression")
    assert times == 2


def test_a_request_about_another_table_is_left_out(parser: StrictParser) -> None:
    asked = {"TableName": "nowhere", "Key": KEY}
    assert check([Request("GetItem", asked, "a.py")], parser).elsewhere == 1


@pytest.mark.parametrize(
    "planted",
    [one for one in PLANTED if one.operation == "TransactWriteItems"][:7],
    ids=lambda planted: planted.mistake,
)
def test_a_transaction_is_refused_as_a_whole_without_the_parser(planted: Planted) -> None:
    assert faults(planted.operation, planted.body, KEYS)


def test_every_expression_of_an_adapter_is_found(tmp_path: Path) -> None:
    (tmp_path / "adapter.py").write_text(ADAPTER)
    pieces, places = written({str(tmp_path / "adapter.py"): "adapter.py"})
    assert [str(piece) for piece in pieces] == [
        "adapter.py:3  attribute_not_exists(#pk)",
        "adapter.py:7  SET #base = :base REMOVE …",
    ]
    assert [str(place) for place in places] == ["adapter.py:7", "adapter.py:12", "adapter.py:13"]
    assert [place.was_run({"adapter.py": {7, 13}}) for place in places] == [True, False, True]


def test_a_piece_that_was_never_sent_is_named() -> None:
    sent = ["attribute_not_exists(#pk) AND #a = :a", "SET #base = :base REMOVE #log[1], #log[0]"]
    pieces = [
        Piece("a.py", 1, "attribute_not_exists(#pk)"),
        Piece("a.py", 2, "SET #base = :base REMOVE \0"),
        Piece("a.py", 3, "#b < :b"),
    ]
    assert unseen(pieces, sent) == [pieces[2]]


def test_without_node_it_says_that_nothing_was_judged_and_fails_if_that_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _judge(Recording(), required=False) == []
    assert capsys.readouterr().out.startswith("NOT JUDGED: Node 20 or later with npm is not")
    assert len(_judge(Recording(), required=True)) == 1


def test_what_several_processes_have_sent_is_one_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, written_there = Request("GetItem", {"Key": KEY}, "a.py"), Request("PutItem", {}, "b.py")
    for process, one, lines in ((7, asked, {1, 2}), (8, written_there, {2, 3})):
        monkeypatch.setattr("tests.expressions.recorder.os.getpid", lambda process=process: process)
        Recording([one], {"a.py": lines}).keep(tmp_path)

    found = kept(tmp_path)

    assert sorted(found.requests, key=lambda one: one.adapter) == [asked, written_there]
    assert found.lines == {"a.py": {1, 2, 3}}


def test_the_tables_of_a_request_are_found_wherever_they_stand() -> None:
    put = {"Put": {"TableName": "one"}}
    check_two = {"ConditionCheck": {"TableName": "two"}}
    assert tables_of({"TransactItems": [put, check_two]}) == {"one", "two"}
    assert tables_of({"RequestItems": {"three": {}}}) == {"three"}
    assert tables_of({"TableName": "four"}) == {"four"}


QUICK = (
    "a clause comes twice",
    "a name is not used",
    "a value is not given",
    "a reserved word",
    "a key attribute",
    "a function that does not exist",
    "another attribute than a key",
    "a filter of a key",
    "an index that is not there",
    "a key attribute, in a part",
)


@pytest.mark.parametrize("mistake", QUICK)
def test_the_tests_that_send_it_are_told_of_a_plain_mistake_at_once(mistake: str) -> None:
    [planted] = [one for one in PLANTED if one.mistake == mistake]
    judge = QuickJudge(keys_of_tables())
    assert any(judge.wrongs(part) for _, part in singles(planted.operation, planted.body))


def test_only_what_an_adapter_sends_is_looked_at() -> None:
    judge = QuickJudge(keys_of_tables())
    [planted] = [one for one in PLANTED if one.mistake == "a filter of a key"]
    judge.look(planted.operation, json.dumps(planted.body).encode())
    assert judge.take() == []
