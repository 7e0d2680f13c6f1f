"""One caller's whole stay, from the first ring to the last hang-up: a merge of what is told of it.

Every field is a minimum or a maximum of times, a set, or what has come furthest in an order of its
own. Each is commutative, associative and idempotent, and so is `merged`: whatever is told late,
twice or in another order, the same is known in the end. What somebody tells is itself a visit, of
which no more is known: `merged(known, told)` knows both.

    stage       what the caller is doing; the latest that was told holds
    came        he is being admitted             talking     an assistant talks with him
    waiting     he has a place                   elsewhere   with a number, a voicemail, a text
    ended       he has hung up: final
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass
from contact_center.visits.domain.legs import latest
from contact_center.visits.domain.supervision import merged_supervision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.visits.domain.legs import LegChanged
    from contact_center.visits.domain.supervision import Supervision

VISIT = "v-"
LONGEST_VISIT_MS = 25 * 3_600_000  # no call at Twilio outlasts a day


class Stage(StrEnum):
    """What a caller is doing; of two at one instant the later one here holds."""

    CAME = "came"  # rings, or hears the welcome
    WAITING = "waiting"  # in the queue
    TALKING = "talking"  # with an assistant
    ELSEWHERE = "elsewhere"  # with a person, at a message or a menu
    ENDED = "ended"  # hung up


class Outcome(StrEnum):
    """What a visit came to; where several are told, the first one here."""

    TRANSFERRED = "transferred"  # a person pressed accept and was bridged
    CALLBACK_DONE = "callback_done"  # was called back and talked
    SERVED = "served"  # an assistant served him, and let go of him
    VOICEMAIL = "voicemail"  # left a message
    CALLBACK_FAILED = "callback_failed"  # could not be reached three times, or may not be called
    RESUMED_ELSEWHERE = "resumed_elsewhere"  # rang again: another visit has his place
    CLOSED = "closed"  # came out of hours, and heard so
    ABANDONED_TALKING = "abandoned_talking"  # hung up while an assistant was about it
    ABANDONED_WAITING = "abandoned_waiting"  # hung up in the queue
    FAILED = "failed"  # none of these: a fault of ours or of a provider


class PostState(StrEnum):
    """How far a call that was ordered for a visit is; told in any order, the last here holds."""

    CLAIMED = "claimed"  # a line is held for it
    SENT = "sent"  # it may have been ordered: nobody has heard
    UNKNOWN = "unknown"  # it was sent, and nobody knows what came of it: to be looked up
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    PLACED = "placed"
    OVER = "over"


CAME_TO_NOTHING = frozenset({PostState.REFUSED, PostState.NOT_SENT, PostState.UNKNOWN})

# What ends a visit whose caller is called back.
OF_A_CALLBACK = frozenset(
    {Outcome.TRANSFERRED, Outcome.CALLBACK_DONE, Outcome.CALLBACK_FAILED, Outcome.RESUMED_ELSEWHERE}
)

# What a talk came to is what the visit came to only if nothing followed.
OF_A_TALK = frozenset({Outcome.SERVED, Outcome.ABANDONED_TALKING})

HOLD_A_LINE = frozenset({PostState.CLAIMED, PostState.SENT, PostState.UNKNOWN, PostState.PLACED})
IN_DOUBT = frozenset({PostState.SENT, PostState.UNKNOWN})


class LateAnswer(NamedTuple):
    """What leads a caller's leg to his assistant, found when nobody waited for it any more."""

    at_ms: int
    document: str  # whoever knows it can listen


class AsksAbout(NamedTuple):
    """What an assistant asks first: whether the caller rings about a call that was cut off."""

    at_ms: int
    earlier: str  # that call
    department: str  # the key of whoever had it


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One order of an assistant's call, by the name it was given.

    Attributes:
        at_ms: When it came to this state, ms since 1970.
        call_id: The provider's, once it is known.
        reason: A word of ours or the provider's for the state.
        empty_looks: How many complete look-ups by its name have found nothing.
        answer: How whoever waited for it was answered: a repetition hears the same.
        proof: By which a call that comes in proves that it is this one; None: it is ordered, and
            carries its name. Such a call is the far end of the caller's own leg, and ends with it.
        unheard_ms: When whoever ordered it waited no longer for its answer; None: it may have led
            the caller there, whatever is known of that.
        late: What was found of it after that (late_answers.py).
        joined_ms: When the caller's leg was first led there by that; None: it was not.
        asks: What its assistant asks first, where the call could not be told so (`unheard_ms`).
    """

    state: PostState
    at_ms: int
    call_id: str | None = None
    reason: str | None = None
    empty_looks: int = 0
    answer: str | None = field(default=None, repr=False)  # whoever knows it can listen
    proof: str | None = field(default=None, repr=False)  # whoever knows it is taken for the caller
    unheard_ms: int | None = None
    late: LateAnswer | None = field(default=None, repr=False)
    joined_ms: int | None = None
    asks: AsksAbout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom the caller is to get, as one decision in one of his calls says.

    Attributes:
        whose: Key of the department whose people are asked; None: nobody any more.
        at_ms: When it was decided.
        person: Who is asked before anybody else, by the key of people.toml; None: whoever is ready.
    """

    whose: str | None
    at_ms: int
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That it was begun to tell the caller what came of a wish, when, and what in a word."""

    at_ms: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a caller left after the tone.

    Attributes:
        at_ms: When it was first told of.
        seconds: How long it is; None: not told yet.
        text: What was understood of it, redacted; None: nothing, or not yet.
    """

    at_ms: int
    seconds: int | None = None
    text: str | None = field(default=None, repr=False)


class WaitSaid(NamedTuple):
    """What a caller was told of his wait: when, and between how many minutes from then."""

    at_ms: int
    low_minutes: int
    high_minutes: int


class Wanted(NamedTuple):
    """A person who is being found: by which wish, and of which department."""

    wish: str
    whose: str


class Ending(NamedTuple):
    """What a visit came to, and why, in a word of ours or a provider's."""

    outcome: Outcome
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is known of a visit. None and empty mean: not told yet. Times are ms since 1970.

    Attributes:
        visit_id: `v-` and the id of the caller's leg.
        caller: E.164; None: withheld, or no number.
        called: Our number that was called, E.164.
        department: Whom the caller waits for.
        place_ms: When he began to wait: the earliest ever told.
        stage_ms: Since when he is in `stage`.
        kept_ms: When he was told that he is called back and may hang up: what the visit came to
            is known once he was, or was not.
        legs: What was told last of each leg, by its id.
        posts: What became of each call ordered for him, by its name.
        endings: What he came to, as far as told, with the cause, by outcome.
        recordings: The provider's ids of messages he left.
        messages: What is known of each of them, by that id.
        attended_ms: When somebody said last that he attends to what was left.
        heard: Departments whose message for many callers he has heard.
        let_go_ms: When an assistant last let go of him while he was on the line.
        talked_ms: When an assistant first had him.
        wishes: Whom he is to get, each by the name of its decision (`wish_name`).
        told: What he was told of the person he wanted, by the wish.
        wait_said: What he was told first of how long he waits; None: nothing of time.
        supervised: Who joined his talks with people, by a number of their own.
        resumed: The call that had broken off and that he goes on with, by his own yes.
        breaks_ms: When he hung up in a talk, where somebody is to see whether that broke off and
            he is rung back.
        judged_ms: When somebody had seen that.
        answer_ms, answer: When and how his first ring was answered: a repetition hears the same.
        call_token: By which a leg of ours may show his number; None: it shows ours.
    """

    visit_id: str
    caller: str | None = field(default=None, repr=False)
    called: str | None = None
    department: str | None = None
    began_ms: int | None = None
    ended_ms: int | None = None
    place_ms: int | None = None
    stage: Stage | None = None
    stage_ms: int = 0
    kept_ms: int | None = None
    legs: Mapping[str, LegChanged] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    recordings: frozenset[str] = frozenset()
    messages: Mapping[str, Message] = field(default_factory=dict)
    attended_ms: int | None = None
    heard: frozenset[str] = frozenset()
    let_go_ms: int | None = None
    talked_ms: int | None = None
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    wait_said: WaitSaid | None = None
    supervised: Mapping[str, Supervision] = field(default_factory=dict)
    resumed: str | None = None
    breaks_ms: int | None = None
    judged_ms: int | None = None
    answer_ms: int | None = None
    answer: str | None = field(default=None, repr=False)  # whoever knows it can listen
    call_token: str | None = field(default=None, repr=False)  # whoever knows it can call as he

    @property
    def leg(self) -> str:
        """The caller's own leg."""
        return self.visit_id.removeprefix(VISIT)

    @property
    def state(self) -> Stage:
        """What the caller is doing now."""
        return Stage.ENDED if self.ended_ms is not None else self.stage or Stage.CAME

    @property
    def call_id(self) -> str | None:
        """The provider's id of the latest call that was placed for him."""
        return self.call_before(None)

    def call_before(self, post: str | None) -> str | None:
        """The provider's id of the latest call that was placed for him, but for that of `post`."""
        placed = [name for name, told in self.posts.items() if told.call_id and name != post]
        return self.posts[max(placed, key=_number_of)].call_id if placed else None

    @property
    def line(self) -> str | None:
        """The name of the call that holds his line, as far as is known here."""
        holding = [name for name, post in self.posts.items() if post.state in HOLD_A_LINE]
        over = self.ended_ms is not None and not self.in_doubt
        return None if over else max(holding, key=_number_of, default=None)

    @property
    def unjoined(self) -> str | None:
        """The name of an ordered call that may be there, and that certainly nobody is on."""
        left = [
            name
            for name, post in self.posts.items()
            if post.state in HOLD_A_LINE and post.unheard_ms is not None and post.joined_ms is None
        ]
        if self.ended_ms is not None:
            left += self.in_doubt
        return max(left, key=_number_of, default=None)

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """The names of calls that may have been placed: somebody has to look them up."""
        return tuple(
            sorted(
                name
                for name, post in self.posts.items()
                if post.state in IN_DOUBT and post.proof is None
            )
        )

    @property
    def unjudged_ms(self) -> int | None:
        """Since when somebody has to see whether his talk broke off; None: nobody has to."""
        return self.breaks_ms if self.judged_ms is None else None

    @property
    def broke_off(self) -> bool:
        """Whether a talk broke off, as far as is told, and nothing came after it."""
        over = self if self.ended_ms is not None else replace(self, ended_ms=self.stage_ms)
        ending, was_told = over.ending, Outcome.ABANDONED_TALKING in self.endings
        return was_told and ending is not None and ending.outcome is Outcome.ABANDONED_TALKING

    @property
    def ending(self) -> Ending | None:
        """What the visit came to; None while it lasts, or its place is kept."""
        pending = self.kept_ms is not None and not OF_A_CALLBACK & set(self.endings)
        if self.ended_ms is None or pending:
            return None
        stage = self.stage or Stage.CAME
        for outcome in Outcome:
            followed = stage is not Stage.TALKING or self.kept_ms is not None
            of_a_talk = outcome in OF_A_TALK and (followed or self._is_outlasted(outcome))
            if outcome in self.endings and not of_a_talk:
                return Ending(outcome, self.endings[outcome])
        if stage is Stage.TALKING and self.let_go_ms is not None:
            return Ending(Outcome.SERVED, "assistant_let_go")
        return _LEFT_IN[stage]

    def _is_outlasted(self, outcome: Outcome) -> bool:
        """Whether an earlier talk came to that, and the last one is told to have come to another.

        Who is put through once more after an assistant let go of him may be cut off in that talk.
        """
        last = self.posts.get(self.last_post or "")
        reason = None if last is None else last.reason
        of_others = {self.endings[one] for one in OF_A_TALK & set(self.endings) - {outcome}}
        return reason in of_others and self.endings.get(outcome) != reason

    @property
    def left_ms(self) -> int | None:
        """Since when a message of his waits for somebody to attend to it; None: none does."""
        since = (one.at_ms for one in self.messages.values())
        return min((at for at in since if at > (self.attended_ms or 0)), default=None)

    @property
    def met_ms(self) -> int | None:
        """When a person and the caller were together; None: they were not, as far as is told."""
        return self.stage_ms if Outcome.TRANSFERRED in self.endings else None

    def ending_by(self, now_ms: int) -> Ending | None:
        """What the visit has come to by now, whoever told of its end, or nobody.

        The news of an end may get lost, or come before the visit was written. Who was called back
        came to that all the same.
        """
        is_over = self.began_ms is not None and now_ms - self.began_ms > LONGEST_VISIT_MS
        if not is_over or self.ended_ms is not None:
            return self.ending
        return _END_UNTOLD if self.kept_ms is None else replace(self, ended_ms=now_ms).ending

    @property
    def wanted(self) -> Wanted | None:
        """The person who is to be found for him now.

        A wish that is told again while people are asked is the same one, until he was told that
        nobody was found.
        """
        wanted: Wanted | None = None
        for name in sorted(self.wishes, key=_order_of_wish):
            wish = self.wishes[name]
            if wish.whose is None:
                wanted = None
            elif wanted is None or wanted.whose != wish.whose or self._is_over(wanted, wish):
                wanted = Wanted(name, wish.whose)
        return None if wanted is None or wanted.wish in self.told else wanted

    @property
    def wished_ms(self) -> int | None:
        """Since when somebody has to find him a person, while an assistant talks with him.

        None: nobody has to. What is to be done about a caller who has gone follows from whoever
        is asked about him.
        """
        wanted = self.wanted if self.state is Stage.TALKING else None
        return None if wanted is None else self.wishes[wanted.wish].at_ms

    def was_told(self, what: str, whose: str) -> bool:
        """Whether he was told this of a person of a department."""
        return any(
            told.what == what and name in self.wishes and self.wishes[name].whose == whose
            for name, told in self.told.items()
        )

    def _is_over(self, wanted: Wanted, later: Wish) -> bool:
        told = self.told.get(wanted.wish)
        return told is not None and later.at_ms > told.at_ms

    @property
    def has_assistant(self) -> bool:
        """Whether the last thing told of him leaves him with an assistant, or about to get one."""
        is_first = self.let_go_ms is None or self.let_go_ms < self.stage_ms
        return is_first and self.stage in {None, Stage.CAME, Stage.TALKING}

    @property
    def last_post(self) -> str | None:
        """The name of the latest call ordered for him; None: none was."""
        return max(self.posts, key=_number_of, default=None)

    def next_post(self) -> str:
        """The name of the next call ordered for him, at most 40 characters."""
        return f"{self.visit_id}.{max(map(_number_of, self.posts), default=0) + 1}"


# Who hangs up with nothing told of what he came to.
_LEFT_IN = {
    Stage.CAME: Ending(Outcome.ABANDONED_WAITING, "before_an_answer"),
    Stage.WAITING: Ending(Outcome.ABANDONED_WAITING, "hung_up"),
    Stage.TALKING: Ending(Outcome.ABANDONED_TALKING, "hung_up"),
    Stage.ELSEWHERE: Ending(Outcome.FAILED, "hung_up"),
}


_END_UNTOLD = Ending(Outcome.FAILED, "end_untold")


def visit_of(leg: str) -> str:
    """The id of the visit that a caller's leg is."""
    return f"{VISIT}{leg}"


def visit_named(post: str) -> str:
    """The id of the visit that an ordered call's name belongs to."""
    return post.rpartition(".")[0]


def merged(known: Visit, told: Visit) -> Visit:
    """What is known when this is told as well: equal to `known` when it brings nothing new.

    Raises ValueError: they are two visits.
    """
    if known.visit_id != told.visit_id:
        raise ValueError("two visits are not one")
    latest_stage = max(known, told, key=_stage_rank)
    answers = [(one.answer_ms, one.answer) for one in (known, told) if one.answer_ms is not None]
    answer_ms, answer = min(answers, default=(None, None))
    return Visit(
        visit_id=known.visit_id,
        caller=_either(known.caller, told.caller),
        called=_either(known.called, told.called),
        department=_either(known.department, told.department),
        began_ms=_least(known.began_ms, told.began_ms),
        ended_ms=_least(known.ended_ms, told.ended_ms),
        place_ms=_least(known.place_ms, told.place_ms),
        stage=latest_stage.stage,
        stage_ms=latest_stage.stage_ms,
        kept_ms=_least(known.kept_ms, told.kept_ms),
        legs=_both(known.legs, told.legs, lambda one, other: latest((one, other))),
        posts=_both(known.posts, told.posts, _further),
        endings=_both(known.endings, told.endings, min),
        recordings=known.recordings | told.recordings,
        messages=_both(known.messages, told.messages, _fuller),
        attended_ms=_greatest(known.attended_ms, told.attended_ms),
        heard=known.heard | told.heard,
        let_go_ms=_most(known.let_go_ms, told.let_go_ms),
        talked_ms=_least(known.talked_ms, told.talked_ms),
        wishes=_both(known.wishes, told.wishes, _later_wish),
        told=_both(known.told, told.told, _first_told),
        wait_said=min((one.wait_said for one in (known, told) if one.wait_said), default=None),
        supervised=_both(known.supervised, told.supervised, merged_supervision),
        resumed=_either(known.resumed, told.resumed),
        breaks_ms=_least(known.breaks_ms, told.breaks_ms),
        judged_ms=_least(known.judged_ms, told.judged_ms),
        answer_ms=answer_ms,
        answer=answer,
        call_token=_either(known.call_token, told.call_token),
    )


def leg_told(visit_id: str, told: LegChanged, arrived_ms: int) -> Visit:
    """What is told of a leg, and with it, if it is the caller's own, of the end of the visit."""
    ended = told.ended and visit_of(told.leg) == visit_id
    at_ms = arrived_ms if told.at_ms is None else told.at_ms
    return Visit(visit_id=visit_id, legs={told.leg: told}, ended_ms=at_ms if ended else None)


def post_told(name: str, post: Post) -> Visit:
    """What is told of a call that was ordered."""
    return Visit(visit_id=visit_named(name), posts={name: post})


def wish_name(post: str, number: int) -> str:
    """The name of a wish: the decision of that number in the call ordered under that name."""
    return f"{post}.{number}"


def wish_told(post: str, number: int, wish: Wish) -> Visit:
    """What is told of whom a caller is to get."""
    return Visit(visit_id=visit_named(post), wishes={wish_name(post, number): wish})


def ending_told(visit_id: str, outcome: Outcome, cause: str) -> Visit:
    """What is told of what a visit came to; it counts once the caller has hung up."""
    return Visit(visit_id=visit_id, endings={outcome.value: cause})


def _stage_rank(visit: Visit) -> tuple[bool, int, int]:
    if visit.stage is None:
        return False, visit.stage_ms, 0
    return True, visit.stage_ms, list(Stage).index(visit.stage)


def _further(one: Post, other: Post) -> Post:
    return replace(
        max(one, other, key=_post_rank),
        call_id=_either(one.call_id, other.call_id),
        answer=_either(one.answer, other.answer),
        proof=_either(one.proof, other.proof),
        unheard_ms=_least(one.unheard_ms, other.unheard_ms),
        joined_ms=_least(one.joined_ms, other.joined_ms),
        late=min((told for told in (one.late, other.late) if told is not None), default=None),
        asks=min((told for told in (one.asks, other.asks) if told is not None), default=None),
    )


def _post_rank(post: Post) -> tuple[object, ...]:
    return list(PostState).index(post.state), post.empty_looks, -post.at_ms, post.reason or ""


def _fuller(one: Message, other: Message) -> Message:
    return Message(
        at_ms=min(one.at_ms, other.at_ms),
        seconds=_greatest(one.seconds, other.seconds),
        text=_either(one.text, other.text),
    )


def _later_wish(one: Wish, other: Wish) -> Wish:
    return max(one, other, key=lambda wish: (wish.at_ms, wish.whose or ""))


def _first_told(one: Told, other: Told) -> Told:
    return min(one, other, key=lambda told: (told.at_ms, told.what))


def _order_of_wish(name: str) -> tuple[int, int]:
    return _number_of(name.rpartition(".")[0]), _number_of(name)


def _number_of(post: str) -> int:
    number = post.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0


def _both[T](
    known: Mapping[str, T], told: Mapping[str, T], join: Callable[[T, T], T]
) -> Mapping[str, T]:
    shared = {name: join(known[name], told[name]) for name in known.keys() & told.keys()}
    return {**known, **told, **shared}


def _either(one: str | None, other: str | None) -> str | None:
    return max((said for said in (one, other) if said is not None), default=None)


def _most(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _greatest(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _least(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)
