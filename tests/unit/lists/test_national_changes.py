"""Lists of changes: whom they say comes off, and nobody else."""

from __future__ import annotations

import pytest

from contact_center.lists.services.import_ports import ImportState
from contact_center.lists.services.show_import import show_import
from tests.unit.lists.national_desk import (
    NUMBERS,
    PLAIN,
    Desk,
    day,
)

CHANGES = {
    "as the registry writes them": "212,2345600,D,2026-11-18\n212,2345603,A,2026-11-18\n",
    "one cell for the number": "2122345600,d\n2122345603,A\n",
    "under names": "Phone Number,Change\n2122345600,Delete\n2122345603,Add\n",
    "area code and number under names": "area_code,phone,action\n212,2345600,D\n212,2345603,A\n",
    "an action nobody knows lists": "phone,action\n2122345600,remove\n2122345603,?\n",
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES.keys())
def test_a_list_of_changes_takes_off_whom_it_says_and_nobody_else(desk: Desk, text: str) -> None:
    desk.hand_in(PLAIN, asOf=day(9))

    job = desk.hand_in(text, asOf=day(1))

    assert (job.state, job.added, job.removed, job.bad) == (ImportState.DONE, 1, 1, 0)
    assert desk.listed() == {*NUMBERS[1:4]}


def test_it_says_which_columns_were_taken_for_what(desk: Desk) -> None:
    job = desk.hand_in("area_code,Phone,Name,Action\n212,2345600,x,A\n")

    columns = show_import(job, None)["columns"]
    assert isinstance(columns, list)
    taken = ["area_code", "phone", "nothing", "change"]
    assert [one["takenFor"] for one in columns] == taken
    assert desk.listed() == {NUMBERS[0]}


def test_of_a_number_that_comes_and_goes_the_last_word_counts(desk: Desk) -> None:
    desk.hand_in("2122345600,A\n2122345601,D\n2122345600,D\n2122345601,A\n", asOf=day(1))

    assert desk.listed() == {NUMBERS[1]}


def test_a_change_list_that_comes_late_takes_nobody_off_whom_a_newer_list_names(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(1))

    desk.hand_in("2122345600,D\n", asOf=day(9))

    assert NUMBERS[0] in desk.listed()


def test_a_list_of_changes_is_never_taken_for_a_complete_one(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(9))

    job = desk.hand_in("2122345605,A\n2122345600,D\n", asOf=day(1), complete=True)

    assert job.state is ImportState.FAILED
    assert job.error is not None
    assert (job.error.line, "without complete" in job.error.reason) == (2, True)
    assert {*NUMBERS[:3]} <= desk.listed()


@pytest.mark.parametrize(
    "text",
    ["phone\r2122345600\r2122345601\r\n",
     "phone,x\r2122345600,1\n2122345601,2\n",
     "Tel.\n212 234 5600\n2122345601\n"],
)  # fmt: skip
def test_a_list_is_read_whatever_ends_its_lines_and_names_its_column(desk: Desk, text: str) -> None:
    job = desk.hand_in(text)

    assert (job.state, desk.listed()) == (ImportState.DONE, {*NUMBERS[:2]})


def test_no_number_vanishes_between_two_quotes(desk: Desk) -> None:
    job = desk.hand_in('"2122345600\n2122345601\n2122345602"\n2122345603\n')

    assert (job.bad, job.first_bad[0].line) == (1, 1)
    assert desk.listed() == {*NUMBERS[1:4]}
