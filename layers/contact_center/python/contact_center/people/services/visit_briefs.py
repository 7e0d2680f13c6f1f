"""What a person is told of a caller before taking him, from his visit and his talk so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import Talk
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.people.domain.briefs import brief, most_telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.conversations.services.ports.callers import EarlierTalks
    from contact_center.kernel.ports import Metrics
    from contact_center.people.domain.roster import OfferWords
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Visits

DIGITS = 4  # of a number, which a machine may hear


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBriefs:
    """Briefs.

    Attributes:
        names: How departments are spoken of, by key.
        default: The key of whose callers nobody's are.
    """

    visits: Visits
    talks: EarlierTalks
    names: Mapping[str, str]
    default: str
    words: OfferWords
    metrics: Metrics

    def of(self, visit_id: str) -> str:
        """Who calls and why, in at most twelve seconds; see Briefs.

        What cannot be read of the talk is left out.
        """
        kept = self.visits.read(visit_id)
        if kept is None:
            raise StoreUnavailableError
        talk = self._talk(kept.visit)
        whose = kept.visit.wanted
        wanted = self._name(whose.whose if whose else kept.visit.department or self.default)
        opening = [self._opening(kept.visit.caller, wanted)]
        before = self.names.get(talk.destination or "", wanted)  # a person is no department
        if before != wanted:
            opening.append(self.words.came_from.format(before=before))
        return brief(" ".join(opening), self._why(talk))

    def _opening(self, caller: str | None, wanted: str) -> str:
        if caller is None:
            return self.words.opening_withheld.format(department=wanted)
        digits = " ".join(caller[-DIGITS:])
        return self.words.opening.format(department=wanted, digits=digits)

    def _why(self, talk: Talk) -> Iterator[str]:
        if not self.words.last_words:
            return
        if talk.summary:
            yield talk.summary
        said = most_telling([words for role, words in talk.turns if role == "customer"])
        if said is not None:
            yield self.words.last_words.format(words=said)

    def _name(self, key: str) -> str:
        return self.names.get(key, key)

    def _talk(self, visit: Visit) -> Talk:
        if visit.call_id is None:
            return Talk()
        try:
            return self.talks.of(visit.call_id)
        except (StoreUnavailableError, StoreRefusedError):
            self.metrics.count("brief_without_talk")
            return Talk()
