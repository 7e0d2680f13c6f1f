"""What a caller in a queue is told and hears, and where the leg goes: issue 10 §3, by its words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.spoken import longest_seconds
from contact_center.queue.domain.queue_rules import QueueMusic, QueueTexts
from contact_center.queue.domain.wait_documents import (
    LONGEST_MUSIC_SECONDS,
    LONGEST_SECONDS,
    WAIT_PATH,
    WaitDocument,
    asked_of,
    document,
    told_of,
    wait_path,
)
from contact_center.queue.domain.waiting import LeftBecause, Offered, TakenBack, WaitsFor
from contact_center.queue.domain.waits_told import Serving, WaitRange, WaitTold
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.enter_queue import Overflow, Waits
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.wait_in_queue import (
    NotWaiting,
    what_to_hear,
    where_next,
)
from contact_center.visits.domain.instructions import (
    GoTo,
    LeaveWait,
    Pause,
    Play,
    Speak,
    Wait,
)
from contact_center.visits.domain.opening_hours import Closing, WhenClosed
from tests.unit.queue.queue_scene import (
    LATER,
    LONGEST_MS,
    NOW_MS,
    OTHER,
    VOICEMAIL,
    Scene,
)

MINUTE_MS = 60_000
MUSIC = QueueMusic(url="https://www.example.com/music.mp3", seconds=20)
TALKATIVE = QueueTexts(
    next="n" * 120, place="p{place}" * 15, wait="{low}{high}" * 10, comfort="c" * 120
)


def steady(scene: Scene, department: str = "sales") -> None:
    """A queue that was served once a minute for half an hour."""
    now_ms = scene.clock.now_ms()
    board = scene.queue.board(department, WaitsFor.LINE)
    servings = tuple(
        Serving(now_ms - number * MINUTE_MS, round((0.8 + number % 3 / 5) * MINUTE_MS), 5, 0)
        for number in range(30)
    )
    scene.queue.kept_boards[department, WaitsFor.LINE] = replace(
        board, servings=servings, served=30, served_at_ms=now_ms
    )


def speech(heard: WaitDocument) -> list[str]:
    return [step.text for step in heard.instructions if isinstance(step, Speak)]


def hears(scene: Scene, name: str, before: WaitDocument | None = None) -> WaitDocument:
    return what_to_hear(f"v-{name}", "" if before is None else onward(before), scene.waiting)


def onward(heard: WaitDocument) -> str:
    """What the path of the next document says."""
    last = heard.instructions[-1]
    assert isinstance(last, GoTo)
    return last.path.removeprefix(WAIT_PATH).removeprefix("/")


# -- entering ----------------------------------------------------------------------------------


def test_whoever_enters_is_told_the_place_and_gets_the_music() -> None:
    scene = Scene()
    scene.enter("a", "b")
    told = scene.ask("c")
    assert isinstance(told, Waits)
    assert told.instructions == (
        Speak("You are number 3."),
        Wait(
            queue="sales-line",
            music="/twilio/queue/wait/sales-line/3",
            after="/twilio/queue/result",
        ),
    )


def test_told_the_place_and_the_wait_as_a_range_from_our_own_service_times() -> None:
    scene = Scene()
    steady(scene)
    scene.enter(*"abcde")
    told = scene.ask("f")
    assert isinstance(told, Waits)
    assert told.told == WaitTold(6, WaitRange(5, 8))
    assert told.instructions[0] == Speak("You are number 6. Between 5 and 8 minutes.")


def test_whoever_enters_twice_has_one_place() -> None:
    scene = Scene()
    scene.enter("a", "b", "a")
    assert (scene.place("a"), scene.place("b")) == (1, 2)
    assert scene.serve() == ["a", "b"]


def test_whoever_waited_before_has_that_place() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    scene.enter("c", place_ms=NOW_MS - 60_000)
    assert scene.serve() == ["c"]
    scene.enter("d", place_ms=NOW_MS + 10**9)  # a clock that is ahead is no better place
    assert scene.queue.entries["v-d"].place_ms <= scene.clock.now_ms()


def test_a_place_never_gets_worse_until_it_was_used() -> None:
    scene = Scene(lines=1)
    scene.enter("a", "b")
    place_ms = scene.queue.entries["v-a"].place_ms
    scene.enter("a", department="support")
    assert scene.queue.entries["v-a"].place_ms == place_ms
    leave_queue("v-a", scene.waiting)
    scene.enter("a")
    assert scene.queue.entries["v-a"].place_ms == place_ms
    assert scene.serve() == ["a"]
    assert where_next("v-a", scene.waiting)
    scene.enter("a", waits_for=WaitsFor.PERSON)
    assert scene.queue.entries["v-a"].place_ms == scene.clock.now_ms()


def test_moving_to_another_queue_frees_the_line_of_a_serving_under_way() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.serve()
    scene.enter("a", department="support")
    assert (scene.held, scene.ledger.lines_in_use) == (set(), 0)


def test_an_unknown_outcome_of_entering_is_read_again() -> None:
    scene = Scene()
    lost = ["once"]
    scene.queue.lose_reply_of = lambda _change: bool(lost and lost.pop())
    scene.enter("a")
    assert scene.place("a") == 1


# -- overflow ----------------------------------------------------------------------------------


def test_a_full_queue_overflows_as_the_owner_says() -> None:
    scene = Scene(most=2)
    scene.enter("a", "b")
    assert scene.ask("c") == Overflow(VOICEMAIL, "full")
    assert scene.ask("a") != Overflow(VOICEMAIL, "full")  # has a place already
    scene.enter("d", department="support")
    leave_queue("v-a", scene.waiting)
    scene.enter("c")


def test_whoever_overflows_leaves_the_queue_they_were_in() -> None:
    scene = Scene(most=1)
    scene.enter("a")
    scene.enter("b", department="support")
    assert scene.ask("b") == Overflow(VOICEMAIL, "full")
    assert scene.state("b") == "too_long"


def test_whoever_has_waited_the_longest_wait_is_led_away_and_overflows() -> None:
    scene = Scene()
    scene.enter("a")
    scene.clock.advance(LONGEST_MS)
    assert hears(scene, "a").instructions[-1] != LeaveWait()
    scene.clock.advance(1)
    scene.queue.asked.clear()
    assert hears(scene, "a").instructions == (LeaveWait(),)
    assert "commit" not in scene.queue.asked
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "too_long")
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "too_long")  # told again the same
    assert scene.serve() == []


def test_a_ring_again_with_an_old_place_is_not_too_long_in_the_queue() -> None:
    scene = Scene()
    scene.enter("a", place_ms=NOW_MS - 2 * LONGEST_MS)
    assert hears(scene, "a").instructions != (LeaveWait(),)


def test_nobody_logged_in_overflows_and_only_who_waits_for_a_person() -> None:
    scene = Scene()
    scene.staff.logged_in = set()
    assert scene.ask("a", waits_for=WaitsFor.PERSON) == Overflow(OTHER, "nobody")
    assert scene.queue.entries == {}
    scene.enter("a")


def test_whether_somebody_is_logged_in_is_a_doubt_and_no_no() -> None:
    scene = Scene()
    scene.staff.error = StoreUnavailableError()
    scene.enter("a", waits_for=WaitsFor.PERSON)


# -- what is heard -----------------------------------------------------------------------------


@pytest.mark.parametrize("music", [None, MUSIC])
def test_told_again_only_when_it_has_changed_by_one_step(music: QueueMusic | None) -> None:
    scene = Scene(music=music)
    steady(scene)
    scene.enter(*"abcdef")
    first = hears(scene, "f")
    assert "You are number 6. Between 5 and 8 minutes." in speech(first)
    assert not any("number" in said for said in speech(hears(scene, "f", first)))
    leave_queue("v-b", scene.waiting)
    second = hears(scene, "f", first)
    assert second.told is not None
    assert second.told.place == 5
    assert any("You are number 5." in said for said in speech(second))


def test_the_first_in_line_hears_nothing_of_time() -> None:
    scene = Scene()
    steady(scene)
    scene.enter("a")
    assert speech(hears(scene, "a"))[0] == "You are next."


def test_a_wait_document_reads_at_most_two_items_and_writes_none() -> None:
    scene = Scene()
    scene.enter("a", "b")
    scene.queue.asked.clear()
    hears(scene, "b")
    assert scene.queue.asked == ["read", "boards"]


def test_one_request_reads_both_where_the_path_names_the_queue() -> None:
    scene = Scene()
    scene.enter("a", "b")
    first = hears(scene, "b")
    scene.queue.asked.clear()
    again = hears(scene, "b", first)
    assert scene.queue.asked == ["read_with_board"]
    assert onward(again) == onward(first) == "sales-line/2"


@pytest.mark.parametrize("path", ["support-line/7", "sales-person/7", "nowhere-line/7"])
def test_who_waits_elsewhere_by_now_hears_his_own_place(path: str) -> None:
    scene = Scene()
    scene.enter("a", "b")
    heard = what_to_hear("v-b", path, scene.waiting)
    assert speech(heard)[0] == "You are number 2."
    assert onward(heard) == "sales-line/2"


@pytest.mark.parametrize("path", ["sales", "-line", "sales-music", "a/b/c", "sales-line/2/2", "x/"])
def test_a_path_that_we_never_gave_is_as_good_as_none(path: str) -> None:
    scene = Scene()
    scene.enter("a", "b")
    assert onward(what_to_hear("v-b", path, scene.waiting)) == "sales-line/2"


def test_when_the_table_is_away_the_music_goes_on_and_nothing_is_forgotten() -> None:
    scene = Scene()
    scene.enter("a", "b")
    first = hears(scene, "b")
    for name, path in (
        ("read_with_board", onward(first)),
        ("read", "2"),
        ("boards", "2"),
        ("boards", "support-line/2"),
    ):
        broken = Scene()
        broken.queue.entries, broken.queue.kept_boards = scene.queue.entries, {}
        setattr(broken.queue, name, _away)
        heard = what_to_hear("v-b", path, broken.waiting)
        assert heard.told == first.told
        assert onward(heard).endswith("2")
        assert speech(heard)


def _away(*_asked: object) -> None:
    raise StoreUnavailableError


def test_whoever_cannot_be_read_goes_somewhere_sensible() -> None:
    scene = Scene()
    scene.enter("a")
    scene.queue.unreadable.add("v-a")
    assert hears(scene, "a").instructions == (LeaveWait(),)
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "unreadable")


@pytest.mark.parametrize("because", [LeftBecause.HUNG_UP, LeftBecause.GONE])
def test_whoever_is_in_no_queue_is_led_away(because: LeftBecause) -> None:
    scene = Scene()
    scene.enter("a")
    leave_queue("v-a", scene.waiting, because)
    for name in ("a", "nobody"):
        assert hears(scene, name).instructions == (LeaveWait(),)
        assert where_next(f"v-{name}", scene.waiting) == NotWaiting()


CLOSED = Closing(action=WhenClosed.MESSAGE, say="We have closed.")


def at_closing(scene: Scene, closing: Closing | None = CLOSED) -> None:
    """The departments close, or open again."""
    scene.waiting = replace(scene.waiting, closed=lambda _department: closing)


def test_who_waits_for_a_person_as_it_closes_is_told_so_and_waits_for_nobody_any_more() -> None:
    scene = Scene()
    scene.enter("a", waits_for=WaitsFor.PERSON)
    assert hears(scene, "a").instructions != (LeaveWait(),)
    at_closing(scene)
    assert hears(scene, "a").instructions == (LeaveWait(),)
    for _ in range(2):  # told again it is the same
        assert where_next("v-a", scene.waiting) == Overflow(CLOSED, "closed")
    assert scene.state("a") == "closed"
    at_closing(scene, None)
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "closed")


def test_who_waits_for_an_assistant_as_it_closes_is_served_in_his_turn() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    at_closing(scene)
    assert speech(hears(scene, "a"))[0] == "You are next."
    assert isinstance(where_next("v-a", scene.waiting), Waits)
    assert scene.serve() == ["a"]


def test_who_is_being_asked_about_as_it_closes_is_not_taken_from_him() -> None:
    scene = Scene()
    scene.enter("a", waits_for=WaitsFor.PERSON)
    change_entry("v-a", Offered("o1", "ann", scene.clock.now_ms() + 20_000), scene.waiting)
    at_closing(scene)
    assert hears(scene, "a").instructions != (LeaveWait(),)
    assert isinstance(where_next("v-a", scene.waiting), Waits)


def test_who_is_being_asked_about_as_the_longest_wait_is_over_is_not_taken_from_him() -> None:
    scene = Scene()
    scene.enter("a", waits_for=WaitsFor.PERSON)
    scene.clock.advance(LONGEST_MS + 1)
    offer = Offered("o1", "ann", scene.clock.now_ms() + 20_000)
    change_entry("v-a", offer, scene.waiting)
    assert hears(scene, "a").instructions != (LeaveWait(),)
    assert isinstance(where_next("v-a", scene.waiting), Waits)
    change_entry("v-a", TakenBack("o1", scene.clock.now_ms()), scene.waiting)  # nobody took him
    assert hears(scene, "a").instructions == (LeaveWait(),)
    assert where_next("v-a", scene.waiting) == Overflow(LATER, "too_long")


def test_whoever_is_sent_for_hears_on_until_the_leg_is_moved() -> None:
    scene = Scene(lines=1)
    scene.enter("a")
    scene.serve()
    assert speech(hears(scene, "a"))[0] == "Thank you for waiting."


def test_a_leg_that_left_the_music_for_no_reason_goes_back_to_its_place() -> None:
    scene = Scene()
    scene.enter("a", "b")
    back = where_next("v-b", scene.waiting)
    assert isinstance(back, Waits)
    assert back.told.place == 2


# -- the documents -----------------------------------------------------------------------------

tellings = st.builds(
    WaitTold,
    st.integers(1, 99_999),
    st.none() | st.builds(WaitRange, st.integers(1, 120), st.integers(1, 120)),
)
texts_drawn = st.sampled_from([Scene().waiting.rules.texts, TALKATIVE])
musics = st.none() | st.builds(
    QueueMusic, url=st.just(MUSIC.url), seconds=st.integers(5, LONGEST_MUSIC_SECONDS)
)


@example(WaitTold(99_999, WaitRange(100, 120)), None, TALKATIVE, MUSIC)
@given(st.none() | tellings, st.none() | tellings, texts_drawn, musics)
def test_no_silence_over_5_s_and_a_document_lasts_at_most_30_s(
    news: WaitTold | None, told: WaitTold | None, texts: QueueTexts, music: QueueMusic | None
) -> None:
    heard = document(news, told, texts, music)
    silent = lasts = 0
    for step in heard.instructions:
        match step:
            case Speak(text=text):
                silent, lasts = 0, lasts + longest_seconds(text)
            case Play():
                assert music is not None
                silent, lasts = 0, lasts + music.seconds
            case Pause(seconds=seconds):
                silent, lasts = silent + seconds, lasts + seconds
        assert silent <= 4
    assert 4 < lasts <= LONGEST_SECONDS
    assert isinstance(heard.instructions[-1], GoTo)


@given(st.none() | tellings, st.sampled_from(["", "sales-line", "after_hours-person"]))
def test_the_path_says_where_he_waits_and_what_was_told(told: WaitTold | None, queue: str) -> None:
    words = wait_path(told, queue).removeprefix(WAIT_PATH).removeprefix("/")
    assert asked_of(words) == (queue, told)


@pytest.mark.parametrize(
    "word", ["", "0", "x", "3-4", "3-0-4", "3-4-5-6", "03", "-1", "3-4-5 ", "9" * 9, "٣"]
)
def test_what_we_never_said_is_nothing(word: str) -> None:
    assert told_of(word) is None
