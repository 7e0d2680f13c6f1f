"""The work on one person: each store for itself, noted at once, whatever goes wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.forgetting.domain.forgetting import LEASE_MS, SOON_MS, StoreState
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_desk import (
    ForgetDesk,
    begin_forgetting,
    show_forgetting,
)
from contact_center.forgetting.services.forget_person import (
    NO_MORE,
    ForgetParts,
    forget_again,
    forget_person,
    forgetting_work,
)
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.ports import (
    QueueUnavailableError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.work_on_lists import Worked
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.forgettings import FakeForgettings, FakeRegister

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

NOW_MS = 1_800_000_000_000
NUMBER, KEY = "+14155550123", "a key"
STORES = (Store.CONTACTS, Store.REPORTS, Store.LISTS, Store.TWILIO)


@dataclass
class Eraser:
    """One store; `comes` is what it says or raises, one after the other."""

    comes: list[Erased | BaseException] = field(default_factory=list)
    asked: list[Person] = field(default_factory=list)
    clock: FakeClock | None = None
    takes_ms: int = 0

    def erase(self, person: Person, in_time: InTime) -> Erased:
        assert in_time()
        self.asked.append(person)
        if self.clock is not None:
            self.clock.at_ms += self.takes_ms
        said = self.comes.pop(0) if self.comes else Erased(count=1)
        if isinstance(said, BaseException):
            raise said
        return said


class Key:
    key: str | None = KEY

    def current(self) -> str:
        if self.key is None:
            raise SecretUnavailableError
        return self.key


class Once:
    count = 0

    def new(self) -> str:
        self.count += 1
        return f"{self.count:032x}"


class Scene:
    def __init__(self) -> None:
        self.clock = FakeClock(NOW_MS)
        self.kept, self.register, self.metrics = FakeForgettings(), FakeRegister(), CountedMetrics()
        self.erasers = {store: Eraser() for store in STORES}
        self.key, self.hints = Key(), list[str]()
        made: dict[Store, Callable[[], Any]] = {
            store: partial(self.erasers.__getitem__, store) for store in STORES
        }
        self.parts = ForgetParts(
            forgettings=self.kept,
            register=self.register,
            erasers=made,
            key=self.key,
            clock=self.clock,
            civil=CivilClock(),
            metrics=self.metrics,
        )
        self.desk = ForgetDesk(
            forgettings=self.kept,
            used=STORES,
            hint=self.hints.append,
            key=self.key,
            ids=Once(),
            clock=self.clock,
            civil=CivilClock(),
            metrics=self.metrics,
        )

    def begin(self) -> str:
        return str(begin_forgetting(NUMBER, self.desk)["forgetId"])

    def work(self, forget_id: str, seconds: int = 900) -> Any:
        return forget_person(forget_id, self.clock.at_ms + seconds * 1_000, self.parts)

    def states(self, forget_id: str) -> dict[Store, StoreState]:
        known = self.kept.read(forget_id)
        assert known is not None
        return {store: one.state for store, one in known.stores.items()}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_from_the_answer_on_nobody_calls_him_and_no_number_is_kept(scene: Scene) -> None:
    forget_id = scene.begin()
    assert scene.kept.suppressed == {forget_id: NOW_MS}
    assert scene.hints == [forget_id]
    assert NUMBER not in repr(scene.kept.items)
    assert "4155550123" not in forget_id


def test_every_store_is_asked_and_noted(scene: Scene) -> None:
    forget_id = scene.begin()
    after = scene.work(forget_id)
    assert set(scene.states(forget_id).values()) == {StoreState.DONE}
    assert after.look_ms == NOW_MS + SOON_MS
    [person] = scene.erasers[Store.LISTS].asked
    assert (person.number, person.until_ms) == (NUMBER, NOW_MS)
    assert scene.register.kept[forget_id][0] == after.sealed
    assert scene.work(forget_id) is None  # it is not due


@pytest.mark.parametrize(
    ("comes", "why"),
    [
        (StoreUnavailableError(), "unavailable"),
        (SecretUnavailableError(), "no key to it"),
        (Erased(count=3, later="Vapi cannot erase a call yet"), "Vapi cannot erase a call yet"),
        (KeyError("jane@example.com"), "broken: KeyError at test_forget_person.py"),
    ],
)
def test_what_is_wrong_with_one_stops_no_other_and_is_tried_again(
    scene: Scene, comes: Erased | Exception, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.erasers[Store.REPORTS].comes = [comes]
    forget_id = scene.begin()
    scene.work(forget_id)
    states = scene.states(forget_id)
    assert states.pop(Store.REPORTS) is StoreState.OPEN
    assert set(states.values()) == {StoreState.DONE}
    [told] = [one for one in shown(scene, forget_id) if one["store"] == "reports"]
    assert str(told["why"]).startswith(why)
    assert "jane" not in capsys.readouterr().out + str(told)

    assert scene.work(forget_id) is None
    scene.clock.at_ms += 60_000
    scene.work(forget_id)
    assert set(scene.states(forget_id).values()) == {StoreState.DONE}
    assert len(scene.erasers[Store.LISTS].asked) == 1  # what was done is not done again


def shown(scene: Scene, forget_id: str) -> list[dict[str, Any]]:
    told = show_forgetting(forget_id, scene.desk)
    assert told is not None
    stores = told["stores"]
    assert isinstance(stores, list)
    return stores


def test_one_that_cannot_be_reached_is_said_and_holds_nothing_up(scene: Scene) -> None:
    scene.erasers[Store.TWILIO].comes = [Erased(impossible="no account")]
    forget_id = scene.begin()
    scene.work(forget_id)
    told = show_forgetting(forget_id, scene.desk)
    assert told is not None
    assert told["state"] == "done"
    assert shown(scene, forget_id)[-1] | {"closedAt": 0} == {
        "store": "twilio",
        "state": "impossible",
        "why": "no account",
        "erased": 0,
        "closedAt": 0,
    }


def test_whoever_is_killed_on_the_way_has_noted_what_was_finished(scene: Scene) -> None:
    scene.erasers[Store.REPORTS].comes = [KeyboardInterrupt()]
    forget_id = scene.begin()
    with pytest.raises(KeyboardInterrupt):
        scene.work(forget_id)
    assert scene.states(forget_id)[Store.CONTACTS] is StoreState.DONE
    assert scene.work(forget_id) is None  # his time is not over
    scene.clock.at_ms += LEASE_MS
    scene.work(forget_id)
    assert set(scene.states(forget_id).values()) == {StoreState.DONE}
    assert len(scene.erasers[Store.CONTACTS].asked) == 1


def test_when_time_is_short_the_rest_is_left_to_the_next(scene: Scene) -> None:
    slow = scene.erasers[Store.CONTACTS]
    slow.clock, slow.takes_ms = scene.clock, 850_000
    forget_id = scene.begin()
    work = forgetting_work(scene.parts)
    job = ListJob(ListKind.FORGET, "", forget_id)
    assert work(job, NOW_MS + 900_000) is Worked.GOES_ON
    assert work(job, scene.clock.at_ms + 900_000) is Worked.ENDED
    assert set(scene.states(forget_id).values()) == {StoreState.DONE}


def test_of_two_workers_one_has_it(scene: Scene) -> None:
    forget_id = scene.begin()
    scene.kept.before_write = lambda: scene.work(forget_id)
    assert scene.work(forget_id) is None
    assert len(scene.erasers[Store.CONTACTS].asked) == 1


def test_asked_for_while_it_is_worked_on_it_begins_again(scene: Scene) -> None:
    forget_id = scene.begin()
    scene.erasers[Store.REPORTS].erase = (  # type: ignore[method-assign]
        lambda *_: (scene.begin(), Erased(count=1))[1]
    )
    assert scene.work(forget_id) is None
    assert set(scene.states(forget_id).values()) == {StoreState.OPEN}


def test_after_a_restore_everybody_in_the_register_is_forgotten_again(scene: Scene) -> None:
    forget_id = scene.begin()
    scene.work(forget_id)
    scene.kept.items.clear()
    scene.kept.suppressed.clear()
    assert forget_again(scene.parts) == 1
    assert scene.kept.suppressed == {forget_id: NOW_MS}
    scene.work(forget_id)
    assert [len(one.asked) for one in scene.erasers.values()] == [2, 2, 2, 2]


def test_a_restore_does_not_undo_that_he_wants_to_be_called(scene: Scene) -> None:
    forget_id = scene.begin()
    scene.work(forget_id)
    scene.kept.suppressed.clear()  # lifted
    forget_again(scene.parts)
    assert scene.kept.suppressed == {}


@pytest.mark.parametrize("error", [ValueError(NUMBER), StoreUnavailableError()])
def test_one_who_cannot_be_read_after_a_restore_keeps_nobody_else_from_being_forgotten(
    scene: Scene, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    first = scene.begin()
    scene.work(first)
    read = scene.register.get

    def broken(forget_id: str) -> Any:
        if forget_id == "0":
            raise error
        return read(forget_id)

    scene.register.get = broken  # type: ignore[method-assign]
    scene.register.names = lambda: ["0", first]  # type: ignore[method-assign]
    scene.kept.items.clear()
    scene.kept.suppressed.clear()
    if isinstance(error, StoreUnavailableError):
        with pytest.raises(StoreUnavailableError):  # told again, it is looked for again
            forget_again(scene.parts)
    else:
        assert forget_again(scene.parts) == 1
        assert scene.metrics.of("forget_overdue") == [{}]
    assert scene.kept.suppressed == {first: NOW_MS}
    assert NUMBER not in capsys.readouterr().out


def test_what_is_to_be_noted_first_is_noted_and_its_store_is_asked_again_at_once(
    scene: Scene,
) -> None:
    reports = scene.erasers[Store.REPORTS]
    found = Erased(count=1, call_ids=("c-1",), crm_names=("visit:v-1",), later=NOT_NOTED)
    reports.comes = [found, Erased(count=2)]
    forget_id = scene.begin()
    after = scene.work(forget_id)
    first, second = reports.asked
    assert (first.call_ids, first.crm_names) == ((), ())
    assert (second.call_ids, second.crm_names) == (("c-1",), ("visit:v-1",))
    assert (after.stores[Store.REPORTS].state, after.stores[Store.REPORTS].erased) == (
        StoreState.DONE,
        3,
    )


def test_a_store_that_is_never_content_with_what_is_noted_is_put_off_as_any_other(
    scene: Scene,
) -> None:
    found = Erased(crm_names=("visit:v-1",), later=NOT_NOTED)
    scene.erasers[Store.REPORTS].comes = [found] * 9
    forget_id = scene.begin()
    after = scene.work(forget_id)
    assert len(scene.erasers[Store.REPORTS].asked) == 2
    assert after.stores[Store.REPORTS].tries == 1
    assert len(scene.erasers[Store.LISTS].asked) == 1


def test_a_store_that_does_not_let_go_for_half_a_day_wakes_somebody(scene: Scene) -> None:
    scene.erasers[Store.TWILIO].comes = [Erased(later="not yet") for _ in range(18)]
    forget_id = scene.begin()
    for _ in range(17):
        scene.work(forget_id)
        scene.clock.at_ms += 3_600_000
    assert scene.metrics.of("forget_overdue") == []
    scene.work(forget_id)
    assert scene.metrics.of("forget_overdue") == [{}]


def test_a_key_that_was_changed_is_said(scene: Scene) -> None:
    forget_id = scene.begin()
    scene.key.key = "another"
    scene.work(forget_id)
    assert set(scene.states(forget_id).values()) == {StoreState.IMPOSSIBLE}


def test_without_the_key_nothing_is_promised(scene: Scene) -> None:
    scene.key.key = None
    with pytest.raises(SecretUnavailableError):
        scene.begin()
    assert scene.kept.items == {}


def test_a_hint_that_is_lost_is_counted_and_made_good_by_the_tick(scene: Scene) -> None:
    def away(_: str) -> None:
        raise QueueUnavailableError

    scene.desk = replace(scene.desk, hint=away)
    assert scene.begin()
    assert scene.metrics.of("forget_hint_lost") == [{}]


def test_what_is_not_known_is_not_worked_on(scene: Scene) -> None:
    assert scene.work("0" * 32) is None
    assert show_forgetting("0" * 32, scene.desk) is None


def test_who_was_told_of_him_and_is_no_receiver_any_more_is_said_and_holds_nothing_up(
    scene: Scene,
) -> None:
    told = Erased(told=(Store.HUBSPOT,), later=NOT_NOTED)
    scene.erasers[Store.REPORTS].comes = [told, Erased(count=1)]
    forget_id = scene.begin()
    scene.work(forget_id)
    first, second = scene.erasers[Store.REPORTS].asked
    assert Store.HUBSPOT not in first.stores
    assert Store.HUBSPOT in second.stores
    [at_hubspot] = [one for one in shown(scene, forget_id) if one["store"] == "hubspot"]
    assert (at_hubspot["state"], at_hubspot["why"]) == ("impossible", NO_MORE)
    assert show_forgetting(forget_id, scene.desk)["state"] == "done"  # type: ignore[index]

    scene.begin()  # asked again: what was told of him has gone with the first time
    scene.work(forget_id)
    assert scene.states(forget_id)[Store.HUBSPOT] is StoreState.IMPOSSIBLE


def test_a_receiver_that_is_taken_away_before_the_last_round_keeps_nobody_at_work_for_ever(
    scene: Scene,
) -> None:
    forget_id = scene.begin()
    del scene.parts.erasers[Store.TWILIO]  # type: ignore[attr-defined]
    work = forgetting_work(scene.parts)
    job = ListJob(ListKind.FORGET, "", forget_id)
    assert work(job, NOW_MS + 900_000) is Worked.ENDED
    assert scene.states(forget_id)[Store.TWILIO] is StoreState.IMPOSSIBLE


def test_a_number_of_the_business_is_nobodys_to_be_forgotten(scene: Scene) -> None:
    scene.desk = replace(scene.desk, ours={NUMBER})
    with pytest.raises(FieldError, match="phone"):
        scene.begin()
    assert (scene.kept.items, scene.kept.suppressed, scene.hints) == ({}, {}, [])
