"""What a CRM says of who a customer is, as far as it may be said before he has confirmed it. Pure.

It is written by whoever speaks to the CRM anyway, and read while a telephone rings: from our own
table, and the CRM is never waited for. What an owner's people typed is bounded here, since it goes
into a prompt: a tier is a few plain words, a language a tag, and so is each thing that is open.
"""

from __future__ import annotations

import re

from contact_center.kernel.data_classes import dataclass

LONGEST_NAME = 100
FRESH_MS = 3_600_000
_TIER = re.compile(r"(?=.{1,24}$)[^\W_]+(?:[ +-][^\W_]+){0,2}\+?")
_COUNT = re.compile(r"[0-9]{1,3}", re.ASCII)
_ITEM = re.compile(r"(?=.{2,32}$)[^\W_]+(?:[ '-][^\W_]+){0,3}")
ITEMS_APART = ";"  # as HubSpot tells several choices of one property
MOST_ITEMS = 5  # that are named
_LONGEST_NUMBER = 6  # digits of an item: of an invoice, and of nobody's telephone
_LANGUAGE = re.compile(r"(?=.{2,16}$)[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmCard:
    """What one CRM says of a customer.

    Attributes:
        name: Whole, as it stands there; None: it has none.
        tier: What kind of customer he is to the owner.
        language: In which he is spoken to, as a tag such as de or pt-br.
        open_items: How many of his affairs are open there; None: nobody says. It is told after he
            has confirmed who he is, and so are `open_names`: what some of them are, as it is
            called there.
        several: It has more than one person of this number: then nothing else is known.
        read_at_ms: When it said so, ms since 1970.
    """

    read_at_ms: int
    name: str | None = None
    tier: str | None = None
    language: str | None = None
    open_items: int | None = None
    open_names: tuple[str, ...] = ()
    several: bool = False

    @property
    def open_words(self) -> str | None:
        """What is open, for who talks with him: a number, names, or both; None: nobody says."""
        if self.open_items is None or not self.open_names:
            return None if self.open_items is None else str(self.open_items)
        more = self.open_items - len(self.open_names)
        return ", ".join(self.open_names) + (f" and {more} more" if more else "")


def is_old(card: CrmCard | None, now_ms: int) -> bool:
    """Whether a CRM is to be asked again; always where it was never asked."""
    return card is None or now_ms - card.read_at_ms > FRESH_MS


def crm_card(  # noqa: PLR0913 - all that is told
    read_at_ms: int,
    *,
    first: object,
    last: object,
    tier: object,
    language: object,
    open_items: object = None,
) -> CrmCard:
    """A card of what a CRM tells, whatever that is."""
    names = [" ".join(one.split()) for one in (first, last) if isinstance(one, str)]
    count, open_names = _open(open_items)
    return CrmCard(
        read_at_ms=read_at_ms,
        name=" ".join(filter(None, names))[:LONGEST_NAME] or None,
        tier=_fitting(tier, _TIER),
        language=_fitting(language, _LANGUAGE),
        open_items=count,
        open_names=open_names,
    )


def _open(said: object) -> tuple[int | None, tuple[str, ...]]:
    """How much is open and what: of a number, or of names with semicolons between them."""
    counted = _fitting(said, _COUNT)
    if counted is not None:
        return int(counted), ()
    if not isinstance(said, str) or not any(sign.isalpha() for sign in said):
        return None, ()
    told = [one for part in said.split(ITEMS_APART) if (one := " ".join(part.split()))]
    plain = (_fitting(one.replace("_", " "), _ITEM) for one in told)
    named = [one for one in plain if one and sum(map(str.isdigit, one)) <= _LONGEST_NUMBER]
    return len(told), tuple(named[:MOST_ITEMS])


def _fitting(said: object, pattern: re.Pattern[str]) -> str | None:
    plain = " ".join(said.split()) if isinstance(said, str) else ""
    return plain if pattern.fullmatch(plain) else None
