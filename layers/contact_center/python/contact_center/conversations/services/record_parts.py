"""What recording works with, and a call as it stands after that."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.conversations.domain.closed_people import never_closed
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.redaction_kinds import EVERYTHING, Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.closed_people import ClosedAt
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.deciding.silence import Unheard
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.facts import UtteranceHeard
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.services.ports.calls import ActionMark, CallStore
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.records.domain.call_questions import CallQuestions
    from contact_center.records.domain.deals import DealRule
    from contact_center.records.domain.effects import Effect
    from contact_center.understanding.services.intent_classifier import IntentClassifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordParts:
    """What recording needs.

    Attributes:
        classifier: For every word a customer says; partial ones come several a second.
        slow_classifier: Asked instead about final words, when an owner has chosen one.
        questions: What is asked about every call.
        call_receivers: Names of those who are told of each call that is over.
        wanted_events: Of receivers that want some events alone, which.
        deal: Of which calls a CRM is told a deal; None: of none.
        civil: By which a time that was agreed on is judged.
        redaction: What is not kept of words.
        legs_priced: Whether legs of the telephone are of an account of ours, that tells prices.
        recordings: Whether copies of recordings are kept.
        watched: Whether anybody looks at the calls that are under way.
        closed_at: When people of departments are not rung.
    """

    store: CallStore
    classifier: IntentClassifier
    clock: Clock
    policy: Policy
    departments: Departments
    questions: CallQuestions
    slow_classifier: IntentClassifier | None = None
    call_receivers: Sequence[str] = ()
    wanted_events: Mapping[str, Collection[str]] = field(default_factory=dict)
    deal: DealRule | None = None
    civil: CivilTime = field(default_factory=CivilClock)
    redaction: Redaction = EVERYTHING
    legs_priced: bool = False
    recordings: bool = False
    watched: Callable[[], bool] = lambda: True
    closed_at: ClosedAt = never_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A call as it stands after its facts were written down.

    Attributes:
        decisions: All that were ever committed, the new ones last.
        new: Those that these facts have brought.
        actions: How far acting on decisions had come when the call was read, by number.
        failed: Numbers of those that did not come to what they were decided for.
        last_words: Of whoever spoke last.
        effects: What must happen elsewhere because of these facts, written with them.
        unheard: What was accepted and has to be heard of; believed: it has failed.
    """

    record: CallRecord
    state: ConversationState
    decisions: Sequence[Decision]
    new: Sequence[Decision]
    actions: Mapping[int, ActionMark]
    failed: Collection[int] = ()
    effects: Sequence[Effect] = ()
    last_words: UtteranceHeard | None = None
    unheard: Unheard | None = None
