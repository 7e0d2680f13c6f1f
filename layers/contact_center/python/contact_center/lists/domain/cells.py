"""What a cell says, without what spreadsheets and exports put around it."""

from __future__ import annotations

import re
import unicodedata

LONGEST_SHAPE = 60

# Words by which programs say that there is nothing. A person may be called Na, Nan or Null, with
# a capital letter; programs write them otherwise.
_NOTHING = frozenset(
    [
        "null",
        "(null)",
        "<null>",
        "[null]",
        "\\n",
        "n/a",
        "#n/a",
        "n.a.",
        "#na",
        "nan",
        "<na>",
        "undefined",
        "nil",
        "none",
        "#ref!",
        "#value!",
        "#name?",
        "#div/0!",
        "#null!",
        "#num!",
        "#error!",
        "(blank)",
        "(empty)",
        "-",
    ]
)
_NOTHING_AS_WRITTEN = frozenset({"NA", "na", "--", "---", "?", "\u2013", "\u2014"})
_PERHAPS_A_NAME = frozenset({"Nan", "Nil"})
_SAID_BY_PEOPLE = frozenset({"none", "nil", "-", "--", "---", "?", "\u2013", "\u2014", "na", "NA"})

_FORMULA = re.compile(r'=\s*"((?:[^"]|"")*)"')
_SOFT_BREAK = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SCHEME = re.compile(r"(?:tel|phone|callto|sms|p|z)\s*:\s*(?://)?", re.IGNORECASE)
_AS_FIGURE = re.compile(r"(\+?\d{3,15})\.0+")
_STRAY = "'\"\u2018\u2019`"
_SEVERAL = ":::"  # Google's between the values of one cell

_FIGURE = re.compile(r"(\d+)(?:\.0+)?")
_YES = frozenset(
    [
        "y",
        "yes",
        "yep",
        "true",
        "t",
        "x",
        "on",
        "ja",
        "j",
        "si",
        "oui",
        "o",
        "sim",
        "s",
        "wahr",
        "vrai",
        "verdadero",
        "checked",
        "✓",
        "✔",
        "☑",
        "dnc",
        "listed",
        "donotcall",
        "donotcontact",
        "optout",
        "optedout",
        "unsubscribed",
        "blocked",
        "suppressed",
        "dnd",
    ]
)
_WISHES = frozenset(["dnc", "dncl", "dncc", "donotcall", "donotcontact", "dontcall", "dontcontact"])
_NO = frozenset(
    [
        "n",
        "no",
        "false",
        "f",
        "off",
        "nein",
        "non",
        "nao",
        "falsch",
        "faux",
        "falso",
        "unchecked",
        "☐",
    ]
)


def said_by(cell: str) -> str:
    """What a cell says: without blanks, unseen signs and formula signs around it."""
    word = cell.strip() if _is_plain(cell) else _bare(_SOFT_BREAK.sub(" ", cell))
    formula = _FORMULA.fullmatch(word) if word.startswith("=") else None
    return _bare(formula[1].replace('""', '"')) if formula else word


def is_nothing(word: str) -> bool:
    """Whether a word is a program's for nothing, such as NULL or #N/A."""
    if word in _PERHAPS_A_NAME:
        return False
    return not word or word.lower() in _NOTHING or word in _NOTHING_AS_WRITTEN


def is_nothing_to_say(word: str) -> bool:
    """As `is_nothing`, of what an assistant may say: there `none` is an answer."""
    return is_nothing(word) and word not in _SAID_BY_PEOPLE and word.lower() not in _SAID_BY_PEOPLE


def code_in(word: str) -> str:
    """A number or a code as it was before a spreadsheet had it: 'tel:, " or ' at it, .0 behind."""
    word = _seen(word).strip(_STRAY)
    word = _SCHEME.sub("", word, count=1) if _SCHEME.match(word) else word
    word = word.strip(_STRAY).strip()
    figure = _AS_FIGURE.fullmatch(word)
    return figure[1] if figure else word


def first_number(word: str) -> tuple[str, bool]:
    """The number in a cell, and whether there are others behind it, as Google writes them."""
    first, several, _ = word.partition(_SEVERAL)
    code = code_in(first)
    # A minus, a dash or a blank of another script between digits is one all the same.
    plain = in_plain_signs(code)
    # Nowhere in North America does a number begin so; elsewhere it is what dials abroad.
    return f"+{plain[2:]}" if plain.startswith("00") else plain, bool(several)


def in_plain_signs(text: str) -> str:
    """A text with its digits, dashes and blanks as `first_number` reads them, unseen signs gone."""
    return text if text.isascii() else "".join(_plain(one) for one in _seen(text))


def has_control(word: str) -> bool:
    """Whether it holds a sign that is none of any text."""
    return not _is_plain(word) and bool(_CONTROL.search(word))


def without_control(word: str) -> str:
    """The word without such signs."""
    return _CONTROL.sub("", word)


def yes_or_no(word: str) -> bool | None:
    """What a mark says; None when it cannot be told."""
    figure = _FIGURE.fullmatch(word.strip())
    if figure:
        return {"0": False, "1": True}.get(figure[1])
    if is_nothing(word):
        return False
    folded = unicodedata.normalize("NFKD", word.casefold())
    said = "".join(one for one in folded if one.isalpha() or one in "✓✔☑☐")
    return True if said in _YES else False if said in _NO else None


def is_do_not_call(word: str) -> bool:
    """Whether a word is itself a wish not to be called, as a status is: DNC, Do Not Call."""
    return "".join(one for one in word.casefold() if one.isalpha()) in _WISHES


def shape(cell: str) -> str:
    """What a cell looks like, with 9 for digits and a for letters: enough to find the mistake.

    Signs that cannot be seen are named: `U+200B`.
    """
    signs = [_sign(one) for one in cell[:LONGEST_SHAPE]]
    return "".join(signs) + ("…" if len(cell) > LONGEST_SHAPE else "")


def unseen(cell: str) -> list[str]:
    """The signs in a cell that cannot be seen, by their names in Unicode."""
    return sorted({f"U+{ord(one):04X}" for one in cell if _is_unseen(one)})


def _is_plain(word: str) -> bool:
    """Whether it holds nothing that would have to be looked at sign by sign."""
    return word.isascii() and word.isprintable()


def _bare(word: str) -> str:
    before = None
    while before != word:
        before = word
        word = word.strip().strip("\x00\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\xad")
        word = word.strip("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
    return word


def _seen(word: str) -> str:
    if word.isascii():
        return word.strip()
    return "".join(one for one in word if unicodedata.category(one) != "Cf").strip()


def _plain(one: str) -> str:
    kind = unicodedata.category(one)
    if kind == "Pd" or one in "\u2212\u00ad":
        return "-"
    if kind == "Zs":
        return " "
    if kind == "Nd":
        return str(unicodedata.digit(one))
    return {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\u2024": ".", "\u00b7": "."}.get(one, one)


def _is_unseen(one: str) -> bool:
    blank = one.isspace() and one != " "
    return blank or unicodedata.category(one) in {"Cc", "Cf", "Co", "Cn"} or one in "\u2800\u3164"


def _sign(one: str) -> str:
    if _is_unseen(one):
        return f"U+{ord(one):04X}"
    if one.isdigit():
        return "9"
    if one.isalpha():
        return "A" if one.isupper() else "a"
    return one
