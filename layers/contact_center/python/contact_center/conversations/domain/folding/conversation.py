"""What a conversation has come to: a pure fold over the set of a call's facts.

Facts are made unique by key and put in the order of the sender's clock before they are read,
so neither the order nor the number of times in which they arrived can matter.

In short (DESIGN §6; every constant is in config/policy.toml):

* An utterance is what the customer says up to a final transcript. Its final decides; before
  that, two partials in a row with different words that agree decide for the time being, and
  the final of the same utterance may still overrule them. The tool and the keypad decide.
* Vague finals count while the caller is with the router and nothing is known yet.
* Who may have asked for a person, and goes nowhere yet, is asked so, once (person_question.py).
* Once a destination is known only a surer final, the tool or the keypad changes it.
* A person, once asked for, or due after too many interruptions, is final; not where the caller
  stays with the assistant until one has taken him: there a new wish, or none, counts.
* Who is asked whether the call is about one that was cut off takes it up by a plain yes or the key;
  their first words decide (resuming.py).
* An assistant that promises to put the caller through and does not is taken at its word once a
  while has passed: what the promise names is a wish from then on (promised.py).
* What was refused, or was accepted and came to nothing, binds nobody: the same wish said again
  is a new one, any other is heard.
* On a call of ours what machines say moves nobody: menus, queues, voicemail, call screening.
* Who says that a life is in danger is told what to do, and asked nothing: such words route nobody,
  but to a person.
* A plain wish not to be called again is one whoever called; the key for it counts, and the call
  is over, only when it was us. Where nobody knows whose telephone it is, that is said instead.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    KeyPressed,
    OperatorAsked,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.domain.folding.barge_in import NONE_YET, BargeIns, barge_ins
from contact_center.conversations.domain.folding.folded import (
    Circumstances,
    Folded,
    WholeNeededError,
    basis_of,
)
from contact_center.conversations.domain.folding.person_question import PersonQuestion
from contact_center.conversations.domain.folding.whereabouts import Whereabouts
from contact_center.conversations.domain.operators import Deeds, goes_somewhere
from contact_center.conversations.domain.plain_words import (
    has_words,
    is_agreement,
    is_danger,
    is_never_mind,
    is_recorded,
    is_refusal,
    is_yes,
    wants_no_calls,
    words_of,
)
from contact_center.conversations.domain.promised import PROMISE, keeps
from contact_center.conversations.domain.resuming import RESUMED, Question
from contact_center.conversations.domain.routing_tools import names_nowhere
from contact_center.permission.domain.opt_out import STOP_TOOL
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.whereabouts import Reason, Wish
    from contact_center.conversations.domain.policy import Policy

from contact_center.conversations.domain.folding.conversation_state import ConversationState, OptOut


def decides_nothing(fact: Fact, policy: Policy) -> bool:
    """Whether a fact may be forgotten at once: words still being spoken that are nothing sure."""
    if not isinstance(fact, UtteranceHeard) or fact.final:
        return False
    # Who may mean a person is asked, once all is said.
    asks = fact.wants_person or (fact.intent is not None and not fact.perhaps_person)
    sure = asks and fact.confidence >= policy.partial_confidence
    return fact.role == "assistant" or not sure


# Of a conversation's memory what JSON takes as it is.
_REMEMBERED = (
    "intent",
    "confidence",
    "now_ms",
    "person_missing",
    "vague",
    "opt_out",
    "in_danger",
    "ended",
    "resumes",
    "partial_intent",
    "tentative",
    "interruptions_ended",
)


class Conversation:
    """The fold's memory while it reads one sorted history."""

    def __init__(
        self, policy: Policy, departments: Departments, whole: Circumstances, where: Whereabouts
    ) -> None:
        self._policy = policy
        self._departments = departments
        self._of_visit = whole.of_visit
        self._person_reachable = departments.person_number is not None or self._of_visit
        # An outbound call begins with the assistant that was meant to have it: no router.
        self._outbound = whole.outbound
        self._customer_known = whole.customer_known
        self._intent: str | None = None
        self._confidence = 0.0
        self._where = where
        self._now_ms = 0
        self._person_missing = False
        self._vague = 0
        self._opt_out: OptOut | None = None
        self._in_danger = False
        self._ended = False
        self._question = Question(whole.offered)
        self._a_person = PersonQuestion()
        self._resumes: str | None = None
        self._sent_by: OperatorAsked | None = None
        self._asked_for: list[OperatorAsked] = []
        self._promised: tuple[int, str] | None = None  # until when to be kept, and to whom
        # Of the utterance being spoken: what the latest sure partials agree on, in which
        # words, and whether the destination rests on nothing but them.
        self._partial_intent: str | None = None
        self._partial_texts: set[str] = set()
        self._tentative = False
        self._cut_in = NONE_YET
        self._interruptions_ended = False

    @classmethod
    def begun(
        cls,
        ordered: Sequence[Fact],
        policy: Policy,
        departments: Departments,
        refused: Collection[Wish],
        before: Folded | None,
    ) -> Conversation:
        """One that knows nothing yet but what was folded before."""
        whole = Circumstances.told_by(ordered)
        where = Whereabouts(departments, policy, refused, stays=whole.of_visit)
        conversation = cls(policy, departments, whole, where)
        if before is not None:
            if basis_of(ordered, before.until_ms, refused) != before.basis:
                raise WholeNeededError
            asked = {one.key: one for one in ordered if isinstance(one, OperatorAsked)}
            conversation._remember(before.memory, asked)
        return conversation

    def memory(self) -> dict[str, object]:
        """All it knows but what each fold is given anew, as JSON has it."""
        return {
            **{name: getattr(self, f"_{name}") for name in _REMEMBERED},
            "where": self._where.memory(),
            "asked_already": self._question.is_over,
            "a_person": self._a_person.memory(),
            "sent_by": self._sent_by.key if self._sent_by else None,
            "asked_for": [one.key for one in self._asked_for],
            "promised": list(self._promised) if self._promised else None,
            "partial_texts": sorted(self._partial_texts),
            "cut_in": {**asdict(self._cut_in), "turns": list(self._cut_in.turns)},
        }

    def _remember(self, memory: Mapping[str, Any], asked: Mapping[str, OperatorAsked]) -> None:
        for name in _REMEMBERED:
            setattr(self, f"_{name}", memory[name])
        self._where.remember(memory["where"])
        if memory["asked_already"]:
            self._question.answered(yes=False)
        self._a_person.remember(memory["a_person"])
        self._sent_by = asked[memory["sent_by"]] if memory["sent_by"] else None
        self._asked_for = [asked[key] for key in memory["asked_for"]]
        until_ms, whom = memory["promised"] or (0, None)
        self._promised = (until_ms, whom) if whom else None
        self._partial_texts = set(memory["partial_texts"])
        cut_in = memory["cut_in"]
        self._cut_in = BargeIns(**{**cut_in, "turns": tuple(cut_in["turns"])})

    def hear_of(self, facts: Sequence[Fact]) -> None:
        """Take in what happened next, in order."""
        self._cut_in = barge_ins(facts, self._policy, self._cut_in)
        for fact in facts:
            if fact.at_ms > (self._cut_in.enough_at_ms or fact.at_ms):
                self.end_interruptions()
            self.learn(fact)

    def learn(self, fact: Fact) -> None:
        """Take in the next fact."""
        self._mind_what_is_promised(fact)
        self._now_ms = fact.at_ms
        match fact:
            case UtteranceHeard():
                self._listen(fact)
            case KeyPressed():
                self._press(_keys_of(fact))
            case ToolCalled():
                self._use(fact)
            case AssistantStarted():
                self._where.taken_over_by(fact.assistant_name, fact.at_ms)
            case TransferReported():
                self._transferred(fact)
            case StatusChanged() | CallEnded():
                self._has_status(fact)
            case OperatorAsked():
                self._wish_of_operator(fact)
            case _:
                pass

    def end_interruptions(self) -> None:
        """After enough of them a person is due, once; who was refused is only spoken of."""
        if self._interruptions_ended or self._cut_in.enough_at_ms is None:
            return
        self._interruptions_ended = True
        self._now_ms = self._cut_in.enough_at_ms
        if self._where.was_refused(PERSON):
            self._person_missing = True
        else:
            self._send_to_person("interruptions")

    def take_at_its_word(self) -> None:
        """An assistant has not done in time what it promised: it is done for it."""
        if self._promised is None:
            return
        (self._now_ms, whom), self._promised = self._promised, None
        if whom in {PERSON, self._where.location}:
            self._send_to_person(PROMISE)
        else:
            self._go(whom, PROMISE)

    def _mind_what_is_promised(self, fact: Fact) -> None:
        if self._promised is None:
            return
        if fact.at_ms > self._promised[0]:
            self.take_at_its_word()
        elif keeps(fact):
            self._promised = None

    def _hear_promise(self, whom: str | None) -> None:
        if whom is None or self._promised is not None:
            return
        if not self._where.is_about_a_move(whom, self._now_ms):
            self._promised = (self._now_ms + self._policy.promise_wait_ms, whom)

    def state(self) -> ConversationState:
        """What it all comes to, the barge-ins included."""
        where, cut_in = self._where, self._cut_in
        return ConversationState(
            intent=self._intent,
            confidence=self._confidence,
            destination=where.destination,
            reason=where.reason,
            wish=where.wish,
            asked_anew_ms=where.asked_anew_ms,
            number_instead=self._people_instead(where.destination),
            person_missing=self._person_missing,
            clarifications=min(self._vague, self._policy.max_clarifications),
            may_want_person=self._a_person.due,
            interruptions=cut_in.counted,
            turn=cut_in.total,
            mode="simplified" if cut_in.rapid >= self._policy.rapid_count else "normal",
            location=where.location,
            arrived=where.arrived,
            moves=where.moves,
            transfer_pending=where.rings,
            outbound=self._outbound,
            opt_out=self._opt_out,
            in_danger=self._in_danger,
            customer_known=self._customer_known,
            of_visit=self._of_visit,
            never_minds=where.never_minds,
            resumes=self._resumes,
            sent_by=self._sent_by if where.reason == "operator" else None,
            asked_for=tuple(self._asked_for),
            understood=where.understood,
            routed_ms=where.routed_ms,
            ended=self._ended,
        )

    def _wish_of_operator(self, fact: OperatorAsked) -> None:
        """Whoever watches wants the caller elsewhere; what changes nothing is done at once."""
        before = self._where.destination, self._where.wish
        department = self._departments.by_key.get(fact.department or "")
        if fact.do == Deeds.DEPARTMENT and department is not None:
            self._go(department.key, "operator")
        elif fact.do == Deeds.PERSON and goes_somewhere(fact):
            self._send_to_person("operator")
        if before == (self._where.destination, self._where.wish):
            self._asked_for.append(fact)
        else:
            self._sent_by = fact

    def _people_instead(self, destination: str | None) -> bool:
        department = self._departments.by_key.get(destination or "")
        if self._of_visit:
            return department is not None and department.assistant is not None
        return self._departments.number_instead_of(destination) is not None

    def _has_status(self, fact: StatusChanged | CallEnded) -> None:
        match "ended" if isinstance(fact, CallEnded) else fact.status:
            case "forwarding":
                self._where.ring(fact.at_ms)
            case "in-progress":
                self._where.come_back()
            case "ended":
                self._ended = True

    def _use(self, tool: ToolCalled) -> None:
        if tool.name == STOP_TOOL:
            self._opt_out = self._opt_out or "tool"
        else:
            nowhere = tool.department is None and names_nowhere(tool.name, tool.arguments)
            heard = self._intent or (PERSON if self._of_visit and nowhere else None)
            self._ask(heard if nowhere else self._known(tool.department), 1.0, "tool")

    def _press(self, digits: str) -> None:
        if self._outbound and set(digits) == {self._policy.opt_out_key}:  # pressed twice: as well
            self._opt_out = self._opt_out or "key"
        elif not self._takes_up(yes=set(digits) == {self._policy.resume_key}):
            self._ask(self._departments.by_keypad(digits), 1.0, "keypad")

    def _listen(self, fact: UtteranceHeard) -> None:
        if fact.role == "assistant":
            self._hear_promise(fact.promises)
        elif fact.text.strip():
            self._hear(fact)

    def _hear(self, fact: UtteranceHeard) -> None:
        if fact.final:
            if wants_no_calls(fact, self._policy, ours=self._outbound):
                self._opt_out = self._opt_out or "words"
            if not (self._outbound and is_recorded(fact)):
                self._hear_final(fact)
            self._partial_texts = set()
            self._tentative = False
        else:
            self._hear_partial(fact)

    def _hear_partial(self, fact: UtteranceHeard) -> None:
        if decides_nothing(fact, self._policy):  # the bound is on wishes for a person as well
            return
        heard = self._heard(fact, self._policy.partial_confidence)
        if heard is None or (heard != PERSON and is_danger(fact, self._policy)):
            return
        if heard != self._partial_intent:
            self._partial_intent = heard
            self._partial_texts = set()
        self._partial_texts.add(words_of(fact.text))
        agreed = len(self._partial_texts) > 1
        # That nobody can be reached is said once; it waits for the caller's whole words.
        speakable = heard != PERSON or self._person_reachable
        if agreed and speakable and self._is_open():
            self._tentative = True
            self._ask(heard, fact.confidence, "partials")

    def _takes_up(self, *, yes: bool) -> bool:
        """Whether the customer goes on with a call that was cut off, by this answer."""
        offered = self._question.answered(yes=yes)
        if offered is None or self._known(offered.department) is None:
            return False
        self._resumes = offered.earlier
        self._intent, self._confidence = offered.department, 1.0
        self._go(offered.department, RESUMED)
        return True

    def _hear_final(self, fact: UtteranceHeard) -> None:
        if self._policy.texts.emergency and is_danger(fact, self._policy):
            self._in_danger = True
            if not fact.wants_person:
                return
        if has_words(fact) and self._takes_up(yes=is_yes(fact)):
            return
        is_open = self._is_open()
        policy = self._policy
        heard = self._heard(fact, policy.route_confidence if is_open else policy.reroute_confidence)
        if self._a_person.is_in_the_same_breath(fact.at_ms) and heard != PERSON:
            self._a_person.go_on(heard)
            return
        heard = self._answered(fact, heard)
        if self._is_let_be(fact):
            return
        if heard != PERSON and self._may_want_a_person(fact, heard):
            self._vague += heard is None  # the question stands for the clarifying one
            self._a_person.ask(heard, fact.at_ms)
        else:
            self._follow(fact, heard, is_open=is_open)

    def _is_let_be(self, fact: UtteranceHeard) -> bool:
        """Whether it says no more than that nobody needs to be asked; then that is minded."""
        if not is_never_mind(fact):
            return False
        if self._where.waits_for_a_person:
            self._where.let_be()
            return True
        promised, self._promised = self._promised, None
        return promised is not None

    def _follow(self, fact: UtteranceHeard, heard: str | None, *, is_open: bool) -> None:
        """Go where words want to go, or mind that they want to go nowhere."""
        if heard is not None:
            self._ask(heard, fact.confidence, "final")
        elif is_open and has_words(fact) and self._where.destination is None:
            self._mind_vague()

    def _answered(self, fact: UtteranceHeard, heard: str | None) -> str | None:
        """Where words want to go that may answer the question if a person is wanted."""
        agrees = is_agreement(fact)
        if self._a_person.due is None or not (agrees or has_words(fact)):
            return heard
        return self._a_person.answered(heard, agrees=agrees, refuses=is_refusal(fact))

    def _may_want_a_person(self, fact: UtteranceHeard, heard: str | None) -> bool:
        """Whether a caller who goes nowhere yet is to be asked if a person is wanted."""
        if not fact.perhaps_person or self._a_person.was_asked or not self._person_reachable:
            return False
        goes = self._where.destination is not None or self._where.rings
        if goes or not self._is_open():
            return False
        if heard is not None:
            return bool(self._policy.texts.ask_person)
        is_asked = self._vague < self._policy.max_clarifications
        return is_asked and bool(self._policy.texts.ask_person_or)

    def _mind_vague(self) -> None:
        """Words that ask for nothing: of a caller who goes nowhere they are asked about."""
        if self._where.rings:
            return
        self._vague += 1
        if self._vague > self._policy.max_clarifications:
            self._go(self._departments.default, "default")

    def _is_open(self) -> bool:
        """Whether the router still has to find out, or may still correct, where to go."""
        return not self._outbound and (self._where.destination is None or self._tentative)

    def _heard(self, fact: UtteranceHeard, at_least: float) -> str | None:
        if fact.wants_person:
            return PERSON
        return self._known(fact.intent) if fact.confidence >= at_least else None

    def _known(self, word: str | None) -> str | None:
        """A configured destination, or None for whatever else a model may have said."""
        return word if word == PERSON or word in self._departments.by_key else None

    def _ask(self, wanted: str | None, confidence: float, reason: Reason) -> None:
        """The customer asks to go somewhere, by voice, key or through the assistant."""
        if wanted is None:
            return
        self._intent, self._confidence = wanted, confidence
        if wanted == PERSON:
            self._send_to_person(reason)
        else:
            self._go(wanted, reason)

    def _send_to_person(self, reason: Reason) -> None:
        if self._person_reachable:
            self._go(PERSON, reason)
        else:
            self._person_missing = True

    def _go(self, department: str, reason: Reason) -> None:
        self._promised = None  # there is a wish that counts
        self._a_person.close()
        self._where.go(department, reason, self._now_ms, tentative=self._tentative)

    def _transferred(self, fact: TransferReported) -> None:
        if fact.to_assistant is not None:
            self._where.taken_over_by(fact.to_assistant, fact.at_ms)
        elif fact.to_number:
            self._where.ring(fact.at_ms)


def _keys_of(fact: KeyPressed) -> str:
    return (fact.digits if fact.command is None else fact.command).rstrip("#")
