"""How surely a caller asks for a person, as learned: what the rules' findings are held against.

A logistic regression over what stands in a sentence: its words and pairs of them, and runs and
distant pairs of what the words are (whom one talks to, where one works, a machine, a wish to be
put through; denied or not). It is trained by tools/asking on sentences written for it, and knows
none of the rules (docs/decisions/0104-persons-are-learned-too.md).
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING
from zlib import crc32

from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.given_names import GIVEN_NAMES, TITLES
from contact_center.understanding.domain.person_words import marked
from contact_center.understanding.domain.word_lists import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_SOULS = word_set(
    "person persons human humans somebody someone anybody anyone people body soul being"
)
_ROLES = word_set(
    """
    agent agents representative representatives rep reps operator operators manager managers
    supervisor supervisors boss colleague colleagues advisor adviser advisers receptionist staff
    employee employees owner director superior clerk associate specialist executive consultant
    """
)
# Who is talked to as well as sent, and where they are. The marks of `person_words` name few of
# them, and are for others too; who has none here is of their kind.
_PEOPLE = word_set(
    """
    accountant actuary adjuster admin administrator adult anaesthetist architect assessor assistant
    assistants attorney auditor baker banker bankers barber barman barrister bartender beautician
    bloke blokes bookkeeper broker brokers builder builders bursar butcher buyer cardiologist
    caregiver carer caretaker carpenter caseworker cashier cashiers chairman chairwoman chap chaps
    chef chemist chief coach concierge conductor constable controller conveyancer cook coordinator
    councillor counsellor counselor courier dean dentist dentists designer developer dispatch
    dispatcher doctors doorman driver drivers dude dudes editor electrician electricians engineer
    engineers estimator expert experts fella fellas feller fellow fitter fitters florist folk folks
    foreman gasman gent gentleman gentlemen gents girl girls gp grownup guard guy guys hairdresser
    handler handlers handyman head headmaster headmistress headteacher housekeeper hygienist
    inspector installer installers instructor interpreter janitor joiner journalist keyholder lad
    ladies lads lady landlady landlord lawyer lawyers lecturer librarian locksmith man mate mates
    matron mayor mechanic mechanics medic men merchandiser midwife midwives notary nurse nurses
    officers official officials oncologist optician organiser organizer orthodontist pa
    paediatrician painter pal paralegal paramedic partner pediatrician pharmacist pharmacists
    physician physio physiotherapist pilot planner plumber plumbers policeman porter postman
    president principal professional professionals programmer psychologist radiographer radiologist
    ranger recruiter registrar roofer salesman salespeople salesperson saleswoman scheduler
    secretaries secretary security sergeant solicitor solicitors steward stylist surgeon surgeons
    surveyor tailor teacher teachers technician technicians techs teller therapist trainer
    translator treasurer trustee tutor underwriter valuer vet vets waiter waitress warden woman
    women worker
    """
)
_PLACES = word_set(
    """
    branch bureau center centre clinic counter depot desk headquarters hq kitchen office reception
    shop showroom store surgery switchboard unit ward warehouse workshop
    """
)
_KINDS = {
    "machine": word_set(
        """
        robot robots bot bots chatbot chatbots voicebot robocall robocalls machine machines computer
        computers recording recordings ai automated artificial intelligence tape automation program
        script menu software virtual answering
        """
    ),
    "connect": word_set(
        """
        connect reconnect transfer put pass hand switch direct forward patch route send escalate
        redirect bring fetch get give find show shift plug hook link bounce move refer
        """
    ),
    "talk": word_set(
        "speak talk chat converse speaking talking chatting word conversation discuss"
    ),
    "room": word_set(
        """
        billing sales retention cancellation cancellations accounting invoicing payments refunds
        technical support tech orders department departments
        """
    ),
    "soul": _SOULS,
    "role": _ROLES,
    "them": word_set("him her them"),
    "number": word_set("0 zero oh one two three four five six seven eight nine ten"),
    "name": GIVEN_NAMES,
    "title": TITLES,
    "pp": _PEOPLE,
    "place": _PLACES,
}
# A word of two kinds is of the first.
_KIND_OF = {word: kind for kind, words in reversed(_KINDS.items()) for word in words}
_DENIES = word_set("not no never without nobody none nor neither")
_ENDS_A_DENIAL = word_set(", but because so just only")
_DENIED = frozenset(("connect", "talk", "machine", "soul", "role", "want", "need"))
# So many words a denial reaches, and so far apart two words may stand to be a pair.
_DENIAL_REACHES, _APART = 7, 5


@dataclass(frozen=True, slots=True)
class Asking:
    """What was learned.

    Attributes:
        weights: one a slot; a feature's slot is its checksum. As many as a power of two.
        step: what a weight of one stands for.
        bias: the score of nothing said.
        doubted_below: who is found by rules and scores less is not believed, but asked.
        found_above: who is found by no rule and scores more asks for a person.
        asked_above: who is not found so and scores more may mean a person, and is asked.
        asked_above_if_unclear: the same, where it is not clear what else is meant: he is asked
            something in any case.
    """

    weights: Sequence[int]
    step: float
    bias: float
    doubted_below: float
    found_above: float
    asked_above: float
    asked_above_if_unclear: float

    def score(self, said: str) -> float:
        """The log odds that a person is asked for.

        Args:
            said: the words of `intent_text.words` joined by one space.
        """
        held = slots(said, len(self.weights))
        weights = self.weights
        total = sum([weights[slot] for slot in held])
        return self.bias + self.step * total / sqrt(len(held))


def slots(said: str, count: int) -> set[int]:
    """Which of so many slots a sentence's features fall into; two may share one.

    Args:
        said: the words of `intent_text.words` joined by one space.
        count: of slots, a power of two.

    Returns:
        At least one.
    """
    return {crc32(feature.encode()) & (count - 1) for feature in _features(said)}


def _features(said: str) -> list[str]:
    plain = ["^", *said.split(), "$"]
    kinds = ["^", *_denied(_kinds(marked(said).split())), "$"]
    found = [f"w:{word}" for word in plain]
    found += [f"w:{one} {two}" for one, two in pairwise(plain)]
    found += [f"k:{kind}" for kind in kinds]
    found += [f"k:{one} {two}" for one, two in pairwise(kinds)]
    found += [
        f"k:{one} {two} {three}"
        for one, two, three in zip(kinds, kinds[1:], kinds[2:], strict=False)
    ]
    found += [
        f"a:{one}..{two}" for at, one in enumerate(kinds) for two in kinds[at + 2 : at + 1 + _APART]
    ]
    return found


def _kinds(named: Sequence[str]) -> list[str]:
    """What each word of `person_words.marked` is; whoever is named is one, by what he is called."""
    found: list[str] = []
    mark = ""
    for word in named:
        if word in ("qq", "pp"):
            mark, whom = word, ""
        elif word == "zz":
            found.append(mark + whom)
            mark = ""
        elif mark:
            whom = "soul" if word in _SOULS else "role" if word in _ROLES else whom
        else:
            found.append(_KIND_OF.get(word, word))
    return found


def _denied(kinds: Sequence[str]) -> list[str]:
    """The same, with a mark before what is denied."""
    found: list[str] = []
    left = 0
    for kind in kinds:
        if kind in _DENIES:
            left = _DENIAL_REACHES
            found.append("!")
        elif kind in _ENDS_A_DENIAL:
            left = 0
            found.append(kind)
        else:
            denied = left and (kind in _DENIED or kind[:2] in ("qq", "pp"))
            found.append(f"!{kind}" if denied else kind)
            left = max(0, left - 1)
    return found
