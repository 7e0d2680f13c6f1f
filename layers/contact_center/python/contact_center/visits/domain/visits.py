"""One caller's whole stay, from the first ring to the last hang-up.

What is told of it is merged (visit_merge.py), so that no order of telling matters.

    stage       what the caller is doing; the latest that was told holds
    came        he is being admitted             talking     an assistant talks with him
    waiting     he has a place                   elsewhere   with a number, a voicemail, a text
    ended       he has hung up: final
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.visits.domain.visit_parts import (
    HOLD_A_LINE,
    IN_DOUBT,
    LONGEST_VISIT_MS,
    OF_A_CALLBACK,
    OF_A_TALK,
    VISIT,
    Ending,
    Message,
    Outcome,
    Post,
    Stage,
    Told,
    WaitSaid,
    Wanted,
    Wish,
    number_of,
    order_of_wish,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.visits.domain.legs import LegChanged
    from contact_center.visits.domain.supervision import Supervision


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
        return self.posts[max(placed, key=number_of)].call_id if placed else None

    @property
    def line(self) -> str | None:
        """The name of the call that holds his line, as far as is known here."""
        holding = [name for name, post in self.posts.items() if post.state in HOLD_A_LINE]
        over = self.ended_ms is not None and not self.in_doubt
        return None if over else max(holding, key=number_of, default=None)

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
        return max(left, key=number_of, default=None)

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
        came_to = None if last is None else last.came_to
        of_others = {self.endings[one] for one in OF_A_TALK & set(self.endings) - {outcome}}
        return came_to in of_others and self.endings.get(outcome) != came_to

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
        for name in sorted(self.wishes, key=order_of_wish):
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
        return max(self.posts, key=number_of, default=None)

    def next_post(self) -> str:
        """The name of the next call ordered for him, at most 40 characters."""
        return f"{self.visit_id}.{max(map(number_of, self.posts), default=0) + 1}"


# Who hangs up with nothing told of what he came to.
_LEFT_IN = {
    Stage.CAME: Ending(Outcome.ABANDONED_WAITING, "before_an_answer"),
    Stage.WAITING: Ending(Outcome.ABANDONED_WAITING, "hung_up"),
    Stage.TALKING: Ending(Outcome.ABANDONED_TALKING, "hung_up"),
    Stage.ELSEWHERE: Ending(Outcome.FAILED, "hung_up"),
}


_END_UNTOLD = Ending(Outcome.FAILED, "end_untold")
