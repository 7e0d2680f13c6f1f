"""Who calls at a number of ours and wants a person: people are asked, nothing is rung by Vapi."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.closed_people import never_closed
from contact_center.conversations.domain.deciding.call_commands import (
    Handoff,
    Instruct,
    Say,
    Transfer,
)
from contact_center.conversations.domain.facts import CallSeen, Fact, ToolCalled
from contact_center.conversations.domain.messages import ToolCall
from contact_center.conversations.services.act_on_decisions import ActParts, act_on_decisions
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.tools import STAYS_WITH_YOU, answer_tool
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.understanding.domain.never_mind import lets_it_be
from contact_center.vapi.webhooks.messages import facts_of
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_control import FakeCallControl
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fake_door import FakeDoor, answer_of
from tests.unit.conversations.histories import (
    BEGAN_MS,
    CALL_ID,
    PERSON_NUMBER,
    POLICY,
    History,
    departments,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.closed_people import ClosedAt
    from contact_center.conversations.services.ports.messages import PersonWish
    from contact_center.understanding.domain.intents import Hearing

LEG = "CA" + "1" * 32
POST = f"v-{LEG}.1"
URL = "https://x.vapi.ai/control"
PEOPLE = "I'll get one of my colleagues on the line for you. One moment, please."


class Died(BaseException):
    """A process is killed."""


@dataclass
class Wishes:
    """PersonWishes: what was told, and what becomes of telling, in turn."""

    told: list[PersonWish] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def tell(self, wish: PersonWish) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.told.append(wish)

    @property
    def whose(self) -> list[str | None]:
        return [wish.whose for wish in dict.fromkeys(self.told)]


class Asked:
    """An IntentClassifier that is never asked: histories say what was understood."""

    def hear(self, text: str) -> Hearing:
        raise AssertionError(text)


class Router:
    """The router, as far as one call of a visit needs it."""

    def __init__(
        self,
        *,
        of_visit: bool = True,
        person_number: str | None = None,
        closed_at: ClosedAt = never_closed,
    ) -> None:
        self.closed_at = closed_at
        self.call = History()
        self.store = FakeCallStore()
        self.control = FakeCallControl()
        self.clock = FakeClock(BEGAN_MS)
        self.metrics = CountedMetrics()
        self.wishes = Wishes()
        self.known = departments(person_number)
        self.told = 0
        seen = CallSeen(
            call_id=CALL_ID,
            at_ms=BEGAN_MS,
            key="seen",
            direction="inbound",
            customer_number="+14155550123",
            control_url=URL,
            visit_post=POST if of_visit else None,
        )
        self.call.facts.append(seen)
        self.call.answered()

    def hears(self) -> None:
        """What the call has told since is written down, and acted upon."""
        facts: Sequence[Fact] = self.call.facts[self.told :]
        self.clock.advance(self.call.at_ms - self.clock.now_ms())
        record = RecordParts(
            store=self.store,
            classifier=Asked(),
            clock=self.clock,
            policy=POLICY,
            departments=self.known,
            questions=QUESTIONS,
            closed_at=self.closed_at,
        )
        act = ActParts(
            store=self.store,
            control=self.control,
            clock=self.clock,
            metrics=self.metrics,
            policy=POLICY,
            departments=self.known,
            wishes=self.wishes,
        )
        for fact in facts:  # as `record_facts` leaves them; what was understood stays
            with_meaning(self.store, fact, record)
        recorded = record_facts(CALL_ID, (), record)
        acted = act_on_decisions(recorded, self.clock.now_ms(), act)
        if acted.failed:
            act_on_decisions(record_facts(CALL_ID, (), record), self.clock.now_ms(), act)
        self.told = len(self.call.facts)

    @property
    def said(self) -> list[str]:
        return [one.content for one in self.control.commands if isinstance(one, Say)]


def with_meaning(store: FakeCallStore, fact: Fact, parts: RecordParts) -> None:
    """Write a fact down as it was understood, without what follows from it."""
    from contact_center.conversations.domain.calls import CallRecord, merge  # noqa: PLC0415
    from contact_center.conversations.services.ports.calls import CallGlance  # noqa: PLC0415

    history = store.read(CALL_ID)
    merged = merge(history.record or CallRecord(call_id=CALL_ID), fact)
    store.commit(history, merged, [fact], [], CallGlance())
    assert parts.store is store


@pytest.mark.parametrize("person_number", [None, PERSON_NUMBER])
def test_people_are_asked_and_he_is_told_so_and_nothing_is_rung(
    person_number: str | None,
) -> None:
    router = Router(person_number=person_number)
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    [wish] = router.wishes.told
    assert (wish.post, wish.number, wish.whose) == (POST, 1, "support")
    assert router.said == [PEOPLE]
    assert not any(isinstance(one, Transfer) for one in router.control.commands)


def test_people_of_the_department_he_is_with_are_asked() -> None:
    router = Router()
    router.call.says("My invoice is wrong", "billing")
    router.hears()
    router.call.after(2_000).assistant("billing").after(5_000)
    router.call.says("A person, please", wants_person=True)
    router.hears()
    assert router.wishes.whose == ["billing"]


def test_a_department_that_people_serve_is_asked_for_by_its_key() -> None:
    router = Router()
    router.call.tool("legal")
    router.hears()
    assert router.wishes.whose == ["legal"]
    assert router.said == ["I'll connect you with the legal team now."]


def test_without_a_visit_the_number_is_rung_as_ever() -> None:
    router = Router(of_visit=False, person_number=PERSON_NUMBER)
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    assert router.wishes.told == []
    assert router.control.commands == [Transfer(PERSON_NUMBER, PEOPLE)]


@pytest.mark.parametrize(
    "error",
    [ContentionError(), QueueUnavailableError(), StoreRefusedError(), StoreUnavailableError()],
)
def test_where_nobody_can_be_asked_he_is_told_that_nobody_is_free(error: Exception) -> None:
    router = Router()
    router.wishes.errors = [error, error]
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    assert router.said == [POLICY.texts.nobody_free]
    assert router.metrics.of("wish_not_told") == [{}, {}]


def test_one_that_is_not_told_at_once_is_told_again() -> None:
    router = Router()
    router.wishes.errors = [StoreUnavailableError()]
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    assert router.wishes.whose == ["support"]
    assert router.said == [PEOPLE]


def test_who_dies_after_telling_is_followed_by_one_who_tells_the_same() -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    begin, router.store.begin_action = router.store.begin_action, dies  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        router.hears()
    router.told = len(router.call.facts)
    router.store.begin_action = begin  # type: ignore[method-assign]
    router.hears()
    first, second = router.wishes.told
    assert first == second
    assert router.said == [PEOPLE]


def dies(*_: object) -> Any:
    raise Died


@pytest.mark.parametrize("words", ["okay", "mhm", "yes please", "thank you", "no"])
def test_okay_and_noise_leave_whoever_is_asked(words: str) -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    router.call.after(3_000).says(words)
    router.call.speech("customer", 150)
    router.hears()
    assert router.wishes.whose == ["support"]


def test_never_mind_has_nobody_asked_any_more_and_the_assistant_goes_on() -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    router.call.after(3_000).says("Oh, never mind.")
    router.hears()
    assert router.wishes.whose == ["support", None]
    assert router.control.commands[-1] == Instruct(POLICY.never_mind_instruction)
    router.call.after(9_000).says("No, a person after all", wants_person=True)
    router.hears()
    assert router.wishes.whose == ["support", None, "support"]


def test_a_new_wish_while_it_rings_is_heard_and_withdraws_the_first() -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    router.call.after(3_000).says("It's about an invoice, actually", "billing")
    router.hears()
    assert router.wishes.whose == ["support", None]
    assert isinstance(router.control.commands[-1], Handoff)
    numbers = [wish.number for wish in router.wishes.told]
    assert numbers == sorted(set(numbers))


def test_where_it_cannot_be_withdrawn_he_goes_where_he_wishes_all_the_same() -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    router.wishes.errors = [StoreUnavailableError()] * 2
    router.call.after(3_000).says("It's about an invoice, actually", "billing")
    router.hears()
    assert isinstance(router.control.commands[-1], Handoff)


def test_asked_again_after_a_while_it_is_a_wish_of_its_own() -> None:
    router = Router()
    router.call.says("Can I talk to a human?", wants_person=True)
    router.hears()
    router.call.after(2_000).says("A person!", wants_person=True)
    router.hears()
    assert len(router.wishes.told) == 1  # the same breath
    router.call.after(6_000).says("Is there a person?", wants_person=True)
    router.hears()
    assert [wish.whose for wish in router.wishes.told] == ["support", "support"]


def test_a_handoff_that_is_refused_is_followed_by_people() -> None:
    router = Router()
    router.control.outcomes = [ControlOutcome.REFUSED]
    router.call.says("My invoice is wrong", "billing")
    router.hears()
    assert router.wishes.whose == ["billing"]
    assert router.said == [PEOPLE]


# -- what Vapi asks ----------------------------------------------------------------------------


def asked(kind: str, **more: Any) -> dict[str, Any]:
    call = {"id": CALL_ID, "name": POST, "metadata": {"visitPost": POST}}
    return {"message": {"type": kind, "timestamp": BEGAN_MS, "call": call, **more}}


def test_vapi_is_given_no_number_for_a_caller_on_a_line_of_ours() -> None:
    door = FakeDoor()
    answer = answer_of(door.tell(asked("transfer-destination-request")))
    assert answer == {"error": STAYS_WITH_YOU}


@pytest.mark.parametrize(
    ("parameters", "whose"), [({}, "support"), ({"department": "legal"}, "legal")]
)
def test_what_vapi_asks_where_to_transfer_to_is_a_wish(
    parameters: dict[str, str], whose: str
) -> None:
    router = Router()
    facts = facts_of(asked("transfer-destination-request", parameters=parameters), BEGAN_MS + 5_000)
    [tool] = [fact for fact in facts if isinstance(fact, ToolCalled)]
    router.call.after(3_000)
    known = router.known.resolve(tool.arguments.get("department"))
    router.call.facts.append(replace(tool, department=known, at_ms=router.call.at_ms))
    router.hears()
    assert router.wishes.whose == [whose]


def test_of_any_other_call_it_is_only_noticed() -> None:
    message = asked("transfer-destination-request")
    message["message"]["call"] = {"id": CALL_ID}
    assert [fact.key[:6] for fact in facts_of(message, BEGAN_MS)] == ["notice"]


@pytest.mark.parametrize("department", ["person", "legal"])
def test_the_assistant_is_told_that_the_caller_stays_with_it(department: str) -> None:
    call = ToolCall(
        tool_call_id="1", name="routeToDepartment", arguments={"department": department}
    )
    answer = answer_tool(call, departments(None), of_visit=True)
    assert (answer.text, answer.failed, answer.department) == (STAYS_WITH_YOU, False, department)
    handed = answer_tool(replace(call, arguments={"department": "billing"}), departments(None))
    assert json.dumps(handed.text) != json.dumps(STAYS_WITH_YOU)


@pytest.mark.parametrize(
    ("text", "lets"),
    [
        ("Never mind.", True),
        ("Oh, never mind, thanks!", True),
        ("Forget it.", True),
        ("You know what, forget about it.", True),
        ("No need any more.", True),
        ("I don't need a person any more.", True),
        ("Okay, leave it then.", True),
        ("Don't bother.", True),
        ("okay", False),
        ("no", False),
        ("I never said that, mind you.", False),
        ("Never mind the invoice, I want to cancel.", False),
        ("I need a person.", False),
        ("Don't forget it.", False),
        ("", False),
    ],
)
def test_who_lets_it_be_says_so_and_nothing_else(text: str, lets: bool) -> None:  # noqa: FBT001
    assert lets_it_be(text) is lets
