"""What callers say before they come to the matter: greetings, names, pleasantries, fillers.

"Hi, my name is David and how are you, um, I've got a question, I was charged twice" is about the
charge alone. Everything before it says nothing of where to go, and whoever hears it all as one bag
of words hears little of the matter. Patterns of words, in English, with nothing about departments;
a walk over them and no regular expressions, for almost every utterance comes past here and a cold
start has no time to compile. The lists are our own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from contact_center.understanding.domain.given_names import GIVEN_NAMES, TITLES
from contact_center.understanding.domain.intent_text import BREAK
from contact_center.understanding.domain.opening_phrases import MAY_BE_NAMED, NAMED, OPENINGS
from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    from collections.abc import Container, Sequence


class _Everything:
    """Knows every word: nothing but a common name is a name then."""

    def __contains__(self, word: object) -> bool:
        return True


# With them a clause begins: a name, a place or an opening is over.
_STARTERS = word_set(
    """
    i my our we the a an can could would will shall may might how what why when where who
    whose which is are am do does did was were have has had there this that these those it you
    your he she they please need want wanted looking and because but so just calling ringing
    phoning speaking here from with at of no not if to some any nothing something somebody
    someone about um uh in on for until since yes yeah okay ok well
    """
)
_NUMBERS = word_set(
    """
    0 zero oh o one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty
    seventy eighty ninety hundred thousand double triple january february march april may june
    july august september october november december first second third
    """
)
_AFTER_A_NAME = word_set("here speaking calling again")
_PLACED = word_set("from at with")
# They say nothing wherever they are heard.
_HESITATIONS = word_set(
    """
    um uh er erm uhm umm uhh ehm hm hmm mm mmm ah ahem
    """
)
# What may be left of an opening, and names nothing by itself.
_LEFT_OVER = word_set(
    """
    this that it its something anything everything a an the my our your about with on for of
    to in at and or i we you me us is am are was be been do does did have has some any here
    there thing things one , so then please thanks really just also very much can could would
    will
    """
)
# Of those, the ones that go on with what was just said: "a problem with my router" is one matter.
_CLAUSES = _STARTERS - word_set("with of from at in on for about until since to no not")
_LONGEST_THING = 3
_DETERMINERS = word_set("my our your the a an this that some his her their")
_ANNOUNCING = word_set("about regarding concerning with on for in over")
_LONGEST_NAME = 3
_EVERYTHING = _Everything()
_LONGEST_PLACE = 4
_LONGEST_REPEAT = 4
_MOSTOPENINGS = 12

type _Step = tuple[frozenset[str], bool]


@cache
def _table(lines: str) -> dict[str, list[tuple[_Step, ...]]]:
    """Openings by the words that they may begin with."""
    found: dict[str, list[tuple[_Step, ...]]] = {}
    for line in filter(None, lines.replace("\n ", " ").splitlines()):
        steps = tuple(
            (frozenset(each.rstrip("?").split("/")), each[-1] == "?") for each in line.split()
        )
        for words, may_be_missing in steps:
            for word in words:
                found.setdefault(word, []).append(steps)
            if not may_be_missing:
                break
    return found


def without_opening(heard: Sequence[str], known: Container[str]) -> list[str]:
    """Leave out everything before the matter.

    Args:
        heard: words of `intent_text.words`, without stutter.
        known: words that examples of a matter have: no names.

    Returns:
        The words of the matter; [] when nothing but an opening was said.
    """
    said, at = heard, 0
    for _ in range(_MOSTOPENINGS * 2):
        length = _opening(said, at, known)
        if not length:
            break
        at += length
    matter = said[at:]
    return [] if _LEFT_OVER.issuperset(matter) else list(matter)


def names_a_thing(matter: Sequence[str], heard: Sequence[str]) -> bool:
    """Whether the matter is a thing by its name ("my laptop"), and not what is to be done about it.

    Args:
        matter: what `without_opening` left.
        heard: what it was left of.
    """
    if not 0 < len(matter) <= _LONGEST_THING:
        return False
    before = len(heard) - len(matter) - 1
    announced = before >= 0 and heard[before] in _ANNOUNCING
    return announced or matter[0] in _DETERMINERS


def _opening(said: Sequence[str], at: int, known: Container[str]) -> int:
    """How many words from here on are an opening."""
    if at >= len(said):
        return 0
    if said[at] == BREAK:
        return 1
    return max(_phrase(said, at, known), _name(said, at, known))


def _phrase(said: Sequence[str], at: int, known: Container[str]) -> int:
    """The longest opening of the table that stands here, and a name that is spoken to."""
    lengths = [_walked(steps, said, at) for steps in _table(OPENINGS).get(said[at], ())]
    length = max(lengths, default=0)
    if length and said[at] in _GREETINGS:
        length += _addressed(said, at + length, known)
    return length


_GREETINGS = word_set("hi hello hey hiya hallo good thanks")


def _walked(steps: tuple[_Step, ...], said: Sequence[str], at: int) -> int:
    """How many words these steps take from here on, at most; 0 when they do not fit."""
    ends = {at}
    for words, may_be_missing in steps:
        ends = (ends if may_be_missing else set()) | {
            end for here in ends for end in _taken(words, said, here)
        }
        if not ends:
            return 0
    return max(ends) - at


def _taken(words: frozenset[str], said: Sequence[str], here: int) -> Sequence[int]:
    """Where one step may end that begins here."""
    if "~" in words:
        ends = here >= len(said) or said[here] == BREAK or said[here] in _CLAUSES
        return (here,) if ends else ()
    if "*" in words:
        lengths = range(1, _LONGEST_NAME + 1)
        return [here + length for length in lengths if _is_free(said[here : here + length], length)]
    if "#" in words:
        length = _run(said, here, _NUMBERS)
        return (here + length,) if length else ()
    return (here + 1,) if here < len(said) and said[here] in words else ()


def _is_free(words: Sequence[str], length: int) -> bool:
    return len(words) == length and _STARTERS.isdisjoint(words) and BREAK not in words


def _run(said: Sequence[str], at: int, words: Container[str]) -> int:
    end = at
    while end < len(said) and said[end] in words:
        end += 1
    return end - at


def _name(said: Sequence[str], at: int, known: Container[str]) -> int:
    """How many words from here on say who speaks: "my name is David Miller from Denver and"."""
    lengths = [_walked(steps, said, at) for steps in _table(NAMED).get(said[at], ())]
    length = max(lengths, default=0)
    if length:
        called = _called(said, at + length, known, sure=True)
    else:
        lengths = [_walked(steps, said, at) for steps in _table(MAY_BE_NAMED).get(said[at], ())]
        length = max(lengths, default=0)
        unknown = known if said[at] == "this" else _EVERYTHING
        called = _called(said, at + length, unknown, sure=False) if length else 0
    return length + called + _after_a_name(said, at + length + called) if called else 0


def _called(said: Sequence[str], at: int, known: Container[str], *, sure: bool) -> int:
    """How long the name is that stands here."""
    end = at
    while end < len(said) and end - at < _LONGEST_NAME + 1 and said[end] != BREAK:
        word = said[end]
        titled = word in TITLES or (end > at and said[end - 1] in TITLES)
        first = end == at and sure and word not in _STARTERS
        if not (first or titled or _is_name(word, known)):
            break
        end += 1
    return end - at


def _is_name(word: str, known: Container[str]) -> bool:
    """Whether a word is a name: a common one, or one that no example of a matter has."""
    if word in GIVEN_NAMES:
        return True
    return word.isalpha() and word not in _STARTERS and word not in known


def _after_a_name(said: Sequence[str], at: int) -> int:
    """What follows a name: spelt letters, where it calls from, that it speaks."""
    end = at
    while end < len(said) and (len(said[end]) == 1 and said[end] not in "ai"):
        end += 1
    end += _run(said, end, _AFTER_A_NAME)
    if end < len(said) and said[end] in _PLACED:
        place = end + 1
        while place < len(said) and said[place] in ("the", "a", "my", "your"):
            place += 1
        taken = 0
        while (
            taken < _LONGEST_PLACE
            and place + taken < len(said)
            and said[place + taken] not in _STARTERS
            and said[place + taken] != BREAK
        ):
            taken += 1
        if taken and (taken < _LONGEST_PLACE):
            end = place + taken
    return end - at


def _addressed(said: Sequence[str], at: int, known: Container[str]) -> int:
    """Whether a word after a greeting is whom it greets: a name, or what we are taken for."""
    if at >= len(said):
        return 0
    word = said[at]
    ends = at + 1 == len(said) or said[at + 1] == BREAK or said[at + 1] in _STARTERS
    spoken_to = word in _SPOKEN_TO or word in GIVEN_NAMES
    return 1 if spoken_to or (ends and _is_name(word, known)) else 0


_SPOKEN_TO = word_set("robot computer assistant operator alexa team again all")


def without_stutter(heard: Sequence[str]) -> list[str]:
    """Leave out hesitations, and what was said twice in a row: "can I um can I get", "I I want".

    Args:
        heard: words of `intent_text.words`.
    """
    kept: list[str] = []
    for word in heard:
        if word in _HESITATIONS:
            continue
        kept.append(word)
        for length in range(1, _LONGEST_REPEAT + 1):
            if len(kept) < 2 * length:
                break
            if kept[-length - 1] == word and kept[-length:] == kept[-2 * length : -length]:
                if word in _NUMBERS:
                    break
                del kept[-length:]
                break
    return kept
