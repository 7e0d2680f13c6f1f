"""Lists as people bring them: whom they mean is called, where and when they are; or it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.lists.services.import_ports import ImportState
from contact_center.lists.services.show_import import columns_of
from contact_center.permission.services.suppress import suppress
from tests.campaign_scene import NOON, CampaignScene
from tests.unit.lists.brought_lists import (
    CONSENT,
    GIVEN,
    NUMBER,
    bad,
    brought,
    details,
    previewed,
    suppressed,
)

# -- where and when --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "place"),
    [
        ("Time Zone", "America/Los_Angeles", ("America/Los_Angeles", None, None)),
        ("tz", "us_slash_pacific", ("US/Pacific", None, None)),
        ("State/Region", "California", (None, None, "CA")),
        ("State", "us-ca", (None, None, "CA")),
        ("Province", "Québec", (None, None, "QC")),
        ("State", "District of Columbia", (None, None, "DC")),
        ("State", "Washington, D.C.", (None, None, "DC")),
        ("State", "Puerto Rico", (None, None, "PR")),
        ("State", "U.S. Virgin Islands", (None, None, "VI")),
        ("Postal Code", "90001-1234", (None, "90001-1234", None)),
        ("post_code", "z:90001", (None, "90001", None)),
        ("Zip", "2139.0", (None, "02139", None)),
        ("Zip", "'02139", (None, "02139", None)),
        ("Zip", "k1a 0b1", (None, "K1A0B1", None)),
        ("State", "N/A", (None, None, None)),
        ("tz", "NULL", (None, None, None)),
    ],
)
def test_where_somebody_is_is_taken_from_whatever_the_column_is_called(
    heading: str, cell: str, place: tuple[str | None, ...]
) -> None:
    scene, job = brought(f'phone,"{heading}"\n{NUMBER},"{cell}"\n')

    assert (job.added, job.bad) == (1, 0)
    [one] = details(scene)
    assert (one.timezone, one.postal_code, one.state) == place
    assert one.variables == {}


def test_of_several_places_the_one_nearest_to_the_person_that_says_something_counts() -> None:
    scene, _ = brought(
        "phone,Business State,Home State\n"
        "+12122000014,NY,CA\n+12122000021,NY,\n+12122000028,NY,NULL\n"
    )

    assert [one.state for one in details(scene)] == ["CA", "NY", "NY"]


@pytest.mark.parametrize(
    ("heading", "cell", "field"),
    [
        ("State", "Kalifornia", "state"),
        ("State", "AE", "state"),
        ("State", "Armed Forces Pacific", "state"),
        ("tz", "EST", "timezone"),
        ("Zip", "SW1A 1AA", "zip"),
        ("Country", "Atlantis", "country"),
        ("Country", "GB", "country"),
        ("Country", "Canada", "country"),
        ("phone_code", "44", "phone_code"),
        ("phone_code", "abc", "phone_code"),
        ("Do Not Call", "perhaps", "do_not_call"),
    ],
)
def test_a_row_that_cannot_be_placed_is_refused_by_its_column(
    heading: str, cell: str, field: str
) -> None:
    scene, job = brought(f"phone,{heading}\n{NUMBER},{cell}\n+12122000021,\n")

    assert (job.added, bad(job)) == (1, [(2, field)])
    assert job.first_bad[0].column == f"B ({heading})"
    assert cell not in job.first_bad[0].reason
    assert len(details(scene)) == 1


@pytest.mark.parametrize(
    "rest",
    [
        "State,timezone\n{},AE,Europe/Berlin\n",
        "Country,timezone\n{},Germany,Europe/Berlin\n",
        "Country,State\n{},Canada,Ontario\n",
        "Country,Zip\n{},Canada,K1A 0B1\n",
    ],
)
def test_who_has_moved_is_called_when_the_row_says_where_they_are(rest: str) -> None:
    _, job = brought("phone," + rest.format(NUMBER))

    assert (job.added, job.bad) == (1, 0)


# -- whose number ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("phone_code|phone|country_code\n44|2079460958|GBR\n", "+442079460958"),
        ("Phone Code,phone\n+44,020 7946 0958\n", "+442079460958"),
        ("Country Code,phone\n44,2079460958\n", "+442079460958"),
        ("Country,phone\nUnited Kingdom,020 7946 0958\n", "+442079460958"),
        ("Country,phone\nUK,+44 20 7946 0958\n", "+442079460958"),
        ("Country,phone\nUSA,2122000014\n", NUMBER),
        ("country_code,phone\n1,2122000014\n", NUMBER),
        ("country_code,phone\n+1,12122000014\n", NUMBER),
        ("phone_code,country_code,phone\n1,CAN,4165550134\n", "+14165550134"),
        ("Country,phone\nNULL,2122000014\n", NUMBER),
    ],
)
def test_a_number_belongs_to_the_country_its_row_names(body: str, number: str) -> None:
    scene, job = brought(body)

    assert [one.number for one in details(scene)] == [number], job.first_bad


@pytest.mark.parametrize(
    "body",
    [
        "phone_code,phone\n52,5512345678\n",
        "country,phone\nMX,5512345678\n",
        "country,phone\nMexico,5512345678\n",
        "country,phone\nNA,2122000014\n",
        "phone_code,phone\n44,+12122000014\n",
        "phone_code,country,phone\n44,US,2079460958\n",
    ],
)
def test_a_number_is_never_read_as_a_stranger_s_of_another_country(body: str) -> None:
    scene, job = brought(body)

    assert (job.added, job.bad) == (0, 1)
    assert scene.permissions.permissions == {}


def test_other_telephones_of_a_row_are_not_called() -> None:
    scene, job = brought("Phone,Mobile,Pager\n,+12122000021,\n+12122000014,+12122000021,\n")

    assert [one.number for one in details(scene)] == [NUMBER]
    assert bad(job) == [(2, "phone")]


def test_of_several_numbers_in_google_s_cell_the_first_is_called_and_it_is_said() -> None:
    scene, job = brought("Phone 1 - Value\n(212) 200-0014 ::: (212) 200-0021\n")

    assert [one.number for one in details(scene)] == [NUMBER]
    [warning] = job.warnings
    assert (warning.line, warning.column) == (2, "A (Phone 1 - Value)")


# -- who must not be called ------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Do Not Call", "DNC", "DoNotCall", "opt-out", "DND"])
@pytest.mark.parametrize("mark", ["1", "Y", "yes", "TRUE", "x"])
def test_who_must_not_be_called_is_on_our_own_list_and_never_callable(
    heading: str, mark: str
) -> None:
    scene, job = brought(f"phone,{heading},{CONSENT}\n{NUMBER},{mark},{GIVEN}\n")

    permission = scene.permissions.read(NUMBER)
    assert permission.suppressed_at == NOON
    assert heading in permission.suppression_source
    assert NUMBER not in permission.suppression_source
    assert (job.do_not_call, job.added) == (1, 1)
    assert previewed(scene)["neverBy"] == {"suppressed": 1}


@pytest.mark.parametrize("word", ["DNC", "Do Not Call", "do-not-contact", "DNCL", "DNCC"])
@pytest.mark.parametrize("heading", ["Status", "Lead Status", "note", ""])
def test_a_status_that_says_so_counts_whatever_its_column(word: str, heading: str) -> None:
    scene, _ = brought(f"phone,{heading}\n{NUMBER},{word}\n+12122000021,do not call before 9\n")

    assert suppressed(scene) == {NUMBER}


def test_any_of_several_marks_counts_and_no_mark_is_none() -> None:
    scene, job = brought(
        "phone,DNC,Do Not Call,Federal DNC\n"
        "+12122000014,0,,1\n+12122000021,0,no,N\n+12122000028,,NULL,\n+12122000035,maybe,,y\n"
    )

    assert (job.do_not_call, job.bad) == (2, 0)
    assert suppressed(scene) == {"+12122000014", "+12122000035"}


@pytest.mark.parametrize(
    "row", [f"{NUMBER},1,Nowhere", f"{NUMBER},1,TX,", f"+12122000021,0,TX\n{NUMBER},1,Nowhere"]
)
def test_a_row_that_is_wrong_elsewhere_says_all_the_same_not_to_call(row: str) -> None:
    scene, _ = brought(f"phone,DNC,state\n{row}\n")

    assert suppressed(scene) == {NUMBER}


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (NUMBER, "Germany"),  # of another country than the row, and it says not where he is
        (NUMBER, "Erewhon"),
        ("+49 30 901820", "Germany"),  # no rules let anybody ring there, today
        ("030 901820", "Germany"),
    ],
)
def test_a_row_that_speaks_of_another_country_says_all_the_same_not_to_call(
    number: str, country: str
) -> None:
    scene, job = brought(f"phone,DNC,country\n{number},yes,{country}\n")

    assert suppressed(scene) == {NUMBER if number == NUMBER else "+4930901820"}
    assert (job.do_not_call, job.bad, job.added) == (1, 1, 0)


def test_who_stands_twice_or_was_known_before_is_not_called_once_one_row_says_so() -> None:
    scene, _ = brought(f"phone,DNC\n{NUMBER},0\n2122000014,1\n+12122000021,0\n")
    brought("phone,DNC\n+12122000021,1\n", scene=scene, word="again")

    assert suppressed(scene) == {NUMBER, "+12122000021"}


def test_the_first_word_of_our_own_list_stands() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    suppress(NUMBER, "letter", NOON, scene.permissions)

    brought(f"phone,DNC\n{NUMBER},1\n", scene=scene)

    assert scene.permissions.read(NUMBER).suppression_source == "letter"


# -- rows that are not lost ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "added"),
    [
        (f"phone,name\n{NUMBER},Ann,,,\n+12122000021,Bea\n", 2),
        (f"phone\tname\n{NUMBER}\tAnn\t\t\n", 1),
        (f'phone,name\n{NUMBER},Ann," ",\u200b,\xa0\n', 1),
        (f"phone,name,Notes,Notes\n{NUMBER},Ann,a,b\n", 1),
        (f"phone,name,,\n{NUMBER},Ann,a,b\n", 1),
        (f"phone,note\n{NUMBER},first\x0bsecond\n", 1),
        (f"phone,note\n{NUMBER},bell\x07\n", 1),
        (f"phone,note\n{NUMBER},{'long ' * 400}\n", 1),
        ("phone," + ",".join(f"v{at}" for at in range(80)) + f"\n{NUMBER}{',x' * 80}\n", 1),
        (
            "phone,"
            + ",".join(f"v{at}" for at in range(50))
            + f"\n{NUMBER}{',' + 'x' * 900 * 50}\n",
            1,
        ),
        (f"phone,Zip\n{NUMBER},#N/A\n", 1),
        (f"name,phone\nAnn,{NUMBER}\n\nAll Contacts\nCopyright example.com\n", 1),
        (f"phone,name\n{NUMBER}\n", 1),
    ],
)
def test_a_row_is_not_lost_for_what_nobody_needs(body: str, added: int) -> None:
    _, job = brought(body)

    assert job.added == added, job.first_bad


@pytest.mark.parametrize("heading", ["name", "First Name", "Customer ID", "id"])
def test_a_name_or_an_id_that_is_too_long_costs_no_contact(heading: str) -> None:
    scene, job = brought(f"phone,{heading}\n{NUMBER},{'x' * 1500}\n")

    assert (job.added, job.bad) == (1, 0)
    assert [(one.name, one.given_id) for one in details(scene)] == [(None, None)]
    assert {one.column for one in job.warnings} == {f"B ({heading})"}


def test_what_is_left_out_of_a_row_is_said_with_its_column_and_how_often() -> None:
    long = "x" * 1001
    scene, job = brought(f"phone,note\n{NUMBER},{long}\n+12122000021,ok\n+12122000028,{long}\n")

    assert [one.variables for one in details(scene)] == [{}, {"note": "ok"}, {}]
    [warning] = job.warnings
    assert (warning.line, warning.column, warning.rows) == (2, "B (note)", 2)
    assert "1000 characters" in warning.reason


def test_content_beyond_the_header_is_no_empty_cell() -> None:
    _, job = brought(f"phone,name\n{NUMBER},Field, Ann\n")

    assert (job.added, bad(job)) == (0, [(2, "line")])


def test_a_british_contact_keeps_a_british_postcode() -> None:
    scene, job = brought("phone,zip\n020 7946 0958,sw1a 1aa\n", region="GB")

    assert [one.postal_code for one in details(scene)] == ["SW1A 1AA"], job.first_bad


def test_a_name_is_put_together_and_words_for_nothing_are_none_of_it() -> None:
    scene, _ = brought(
        "phone,First Name,Last Name\n+12122000014,Ann,Field\n+12122000021,NULL,Field\n"
        "+12122000028,#N/A,nan\n+12122000035,Nan,\n"
    )

    assert [one.name for one in details(scene)] == ["Ann Field", "Field", None, "Nan"]
    assert details(scene)[1].variables == {"last_name": "Field"}


# -- quotes that swallow rows ----------------------------------------------------------------

HEAD = "phone,name,notes"


@pytest.mark.parametrize(
    ("rows", "added", "bad_lines"),
    [
        (['{},Ann,"19 rack', "{},Bea,ok", "{},Cat,ok", '{},Dee,24"', "{},Eve,ok"], 4, [2]),
        (['{},Ann,"19 rack', '{},Bea,24"'], 1, [2]),
        (['{},"Ann,x', '{},Bea",ok', "{},Cat,ok"], 2, [2]),
        (['{},Ann,"never closed', "{},Bea,ok"], 1, [2]),
        (['{},Ann,"two\nlines, or so"', "{},Bea,ok"], 2, []),
        (['{},Ann,"call 212 200 0999\nafter 5"', "{},Bea,ok"], 2, []),
        (['{},Ann,19" rack', '{},Bea,"24"" rack"'], 2, []),
    ],
)
def test_no_row_vanishes_between_two_quotes(
    rows: list[str], added: int, bad_lines: list[int]
) -> None:
    lines = [row.format(f"+1212200{at * 7:04d}") for at, row in enumerate(rows)]
    _, job = brought("\n".join([HEAD, *lines]) + "\n")

    assert (job.added, [line for line, _ in bad(job)]) == (added, bad_lines)


# -- how it is written -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "added"),
    [
        (f"phone,name\r{NUMBER},Ann\r+12122000021,Bea\r", 2),
        (f'phone,name,n\r{NUMBER},Ann,"call\nafter 5"\r+12122000021,Bea,ok\r', 2),
        (f"phone,name\r{NUMBER},Ann\r+12122000021,Bea\n+12122000028,Cat\n", 3),
        (
            f"phone,name\r{NUMBER},Ann\n"
            + "".join(f"+1212200{at:04d},X\n" for at in range(50, 60)),
            11,
        ),
        (f"phone,na\rme\n{NUMBER},Ann\n+12122000021,Bea\n", 2),
        (f"phone,name\r\r\n{NUMBER},Ann\r\r\n", 1),
        (f"phone\r{NUMBER}\r+12122000021\r\n", 2),
        (f'"phone\r(mobile)",name\n{NUMBER},Ann\n', 1),
        (f'"phone\n(mobile)",name\n{NUMBER},Ann\n', 1),
        (f"\ufeff\ufeffphone,name\n{NUMBER},Ann\n", 1),
        (f'\ufeff"phone","name"\n"{NUMBER}","Ann"\n', 1),
        (f"sep=;\r\nphone;name\r\n{NUMBER};Ann\r\n", 1),
        (f"Spring leads - exported 6/1/2025\n\nphone,name\n{NUMBER},Ann\n", 1),
        (f"Report,Leads\n,\nName;Phone\nAnn;{NUMBER}\n", 1),
        (f"phone|name\n{NUMBER}|Ann\n", 1),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_list_is_read_whatever_ends_its_lines_and_stands_above(
    body: str, added: int, encoding: str
) -> None:
    _, job = brought(body.encode(encoding))

    assert (job.state, job.added) == (ImportState.DONE, added), (job.error, job.first_bad)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("王小明", "gbk"), ("Иван Петров", "cp1251"), ("山田太郎", "shift_jis"), ("김철수", "euc_kr"),
     ("Γιώργος", "cp1253"), ("Ołena Łąćka", "cp1250")],
)  # fmt: skip
def test_a_name_in_another_encoding_is_read_right_or_it_is_said(name: str, encoding: str) -> None:
    scene, job = brought(f"phone,name\n{NUMBER},{name}\n+12122000021,Ann\n".encode(encoding))

    assert job.bad or job.warnings
    if job.bad:
        assert "encoding that is not known" in job.first_bad[0].reason
    assert "Ann" in [one.name for one in details(scene)]


def test_a_guess_at_the_encoding_is_said_once_with_how_many_rows() -> None:
    body = "phone,name\n+12122000014,Jürgen Groß\n+12122000021,Ann\n+12122000028,Zoë\n"
    scene, job = brought(body.encode("cp1252"))

    assert [one.name for one in details(scene)] == ["Jürgen Groß", "Ann", "Zoë"]
    [warning] = job.warnings
    assert (warning.line, warning.rows) == (2, 2)
    assert "Windows-1252" in warning.reason


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        (b"", 0, "no line that names the columns"),
        (b"\n\n \n", 0, "no line that names the columns"),
        (b"2122000014,Ann Field\n", 1, "line above it that names the columns"),
        (b"name,fax\nAnn,1\n", 1, "A (name), B (fax)"),
        (b"phone,Opt-in\n1,2\n", 1, "B (Opt-in) looks like consent"),
        (b"Title\n\nphone,Sales Region\n", 3, "B (Sales Region) looks like a place"),
        (b"PK\x03\x04\x14\x00", 1, "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", 1, "Excel workbook"),
        (b"%PDF-1.7\n", 1, "PDF"),
        ("电话,姓名\n1,2\n".encode("gbk"), 1, "encoding that is not known"),
        (b"\x00\x00\x00\x00", 1, "it has"),
        (b"\xff" * 50, 1, "encoding that is not known"),
    ],
)
def test_what_is_no_list_fails_with_line_and_reason(body: bytes, line: int, words: str) -> None:
    _, job = brought(body)

    assert job.state is ImportState.FAILED
    assert job.error is not None
    assert job.error.line == line
    assert words in job.error.reason
    assert "Ann" not in job.error.reason


@given(st.one_of(st.binary(max_size=200), st.text('phone,"\r\n;=\ufeff\x00\x0b12', max_size=80)))
def test_whatever_comes_an_import_ends_and_its_answer_is_one(body: bytes | str) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    columns = columns_of(data)

    _, job = brought(data)

    assert job.state in {ImportState.DONE, ImportState.FAILED}
    assert job.tries == 0, "it was given up"
    assert (columns is None) == (job.state is ImportState.FAILED)
    if job.error is not None:
        assert job.error.reason
