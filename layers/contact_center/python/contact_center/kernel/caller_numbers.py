"""The number that a call shows, read one way for everybody who asks whose it is.

Carriers write it as they like: "12125550143", "+1 (212) 555-0143", "sip:+12125550143@carrier". And
who withholds theirs is shown as a word, or as that word spelled on a keypad: "anonymous" is
+266696687. Such a word is nobody's number: whoever took it for one would give strangers one memory.

Standard library only: the door reads it before every answer (decision 0002).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import unquote

# What stands in place of a number that is not shown, also as its letters are spelled on a keypad
# (docs/sources.md, Twilio §5).
_WITHHELD = (
    "anonymous",
    "blocked",
    "private",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
)
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")

# The number in `"Ada" <sip:+12125550143:secret@carrier;user=phone>`, or all there is.
_ADDRESS = re.compile(r"(?:[^<]*<)?\s*(?:(?:sips?|tel|whatsapp):)?([^@;?>:]*)", re.IGNORECASE)
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?\.?|x|#)[\s:=]*\d{1,8}$", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?[\s0-9().\-/\u00b7\u2010-\u2015\u2212]+")
_LONGEST_TEXT = 128

NORTH_AMERICA = "1"
_ABROAD_FROM_HOME = ("011", "00")  # what is dialled before a country code
_AREA = re.compile(r"[2-9](?!11)[0-8][0-9][2-9][0-9]{6}")
_TOLL_FREE = re.compile(r"\+1(?:800|822|833|844|855|866|877|888)[0-9]{7}")

# Digits after the country code that its numbers have, by country code: what is too short or too
# long is no number. The numbering library's own (tests/unit/kernel/test_caller_numbers.py).
_LENGTHS = """
7:10,14 20:8,9,10 27:5,6,7,8,9,10 30:10,11,12 31:5,6,7,8,9,10,11 32:8,9 33:9 34:9 36:8,9
39:6,7,8,9,10,11,12 40:6,9 41:9,12 43:4,5,6,7,8,9,10,11,12,13 44:7,9,10 45:8 46:6,7,8,9,10,12
47:5,8 48:6,7,8,9,10 49:4,5,6,7,8,9,10,11,12,13,14,15 51:8,9 52:10 53:6,7,8,10 54:10,11
55:8,9,10,11 56:9,10,11 57:8,10,11 58:10 60:8,9,10 61:5,6,7,8,9,10,12
62:7,8,9,10,11,12,13,14,15,16,17 63:6,8,9,10,11,12,13 64:5,6,7,8,9,10 65:8,10,11 66:8,9,10,13
81:8,9,10,11,12,13,14,15,16,17 82:5,6,8,9,10,11,12,13,14 84:7,8,9,10 86:7,8,9,10,11,12
90:7,10,12,13 91:8,9,10,11,12,13 92:8,9,10,11,12 93:9 94:9 95:6,7,8,9,10 98:4,5,6,7,10 211:9 212:9
213:8,9 216:8 218:9 220:7,9 221:9 222:8 223:8 224:8,9 225:10 226:8 227:8 228:8 229:10 230:7,8,10
231:7,8,9 232:8 233:8,9 234:10,11,12,13,14 235:8 236:8 237:8,9 238:7 239:7 240:9 241:7,8 242:9
243:7,8,9,10 244:9 245:7,9 246:7 247:5,6 248:7 249:9 250:8,9 251:9 252:6,7,8,9 253:8 254:7,8,9,10
255:9 256:9 257:8 258:8,9 260:9 261:9 262:9 263:7,9,10 264:8,9 265:7,9 266:8 267:7,8,10 268:8,9
269:7 290:4,5 291:7 297:7 298:6 299:6 350:8 351:9 352:4,5,6,7,8,9,10,11 353:7,8,9,10 354:7,9
355:6,7,8,9 356:8 357:8 358:5,6,7,8,9,10,11,12 359:6,7,8,9,12 370:8 371:8 372:7,8,10 373:8 374:8
375:6,7,8,9,10,11 376:6,8,9 377:8,9 378:8,10 380:9,10 381:6,7,8,9,10,11,12 382:8,9
383:8,9,10,11,12 385:7,8,9 386:5,6,7,8 387:8,9 389:8 420:9,10,11,12 421:6,7,9 423:7,9 500:5
501:7,11 502:8,11 503:7,8,11 504:8,11 505:8 506:8,10 507:7,8,10,11 508:6,9 509:8 590:9 591:8,9
592:7 593:8,9,10,11 594:9 595:6,7,8,9,10,11 596:9 597:6,7 598:4,5,6,7,8,9,10,11,12,13 599:7,8
670:7,8 672:6 673:7 674:7 675:7,8 676:5,7 677:5,7 678:5,7 679:7,11 680:7 681:6,9 682:5 683:4,7
685:5,6,7,10 686:5,8 687:6 688:5,6,7 689:6,8,9 690:4,5,6,7 691:7 692:7 800:8 808:8 850:8,10
852:5,6,7,8,9,11 853:7,8 855:8,9,10 856:8,9,10 870:9,12 878:12 880:6,7,8,9,10 881:9,10
882:7,8,9,10,11,12 883:8,9,10,11,12 886:7,8,9,10,11 888:11 960:7,10 961:7,8 962:8,9 963:8,9
964:8,9,10 965:7,8 966:9,10 967:7,8,9 968:7,8,9 970:8,9,10 971:5,6,7,8,9,10,11,12
972:7,8,9,10,11,12 973:8 974:7,8,9,11 975:7,8 976:8,9,10 977:8,10,11 979:9 992:9 993:8 994:9 995:9
996:9,10 998:9
"""


def caller_number(shown: object) -> str | None:
    """The telephone number that a call shows for its customer.

    Args:
        shown: As the provider says it: a number with or without +, spaced as people do, or an
            address of SIP. A number without a country code is one of the United States.

    Returns:
        E.164; None when it is withheld, a placeholder, or no telephone number.
    """
    if not isinstance(shown, str) or len(shown) > _LONGEST_TEXT:
        return None
    text = unicodedata.normalize("NFKC", unquote(shown))
    text = "".join(one for one in text if unicodedata.category(one) != "Cf").strip()
    address = _ADDRESS.match(text)
    text = _EXTENSION.sub("", address[1] if address else "").strip()
    if not _WRITTEN.fullmatch(text):
        return None
    digits = _with_country(text)
    return f"+{digits}" if digits and not _is_placeholder(digits) else None


def _is_placeholder(digits: str) -> bool:
    """Whether digits spell that a number is withheld, or are one digit again and again.

    Args:
        digits: Of a number with its country code, without +.
    """
    national = digits.removeprefix(NORTH_AMERICA)
    return bool({digits, national} & _spelled()) or len(set(national)) == 1


def is_shared(e164: str) -> bool:
    """Whether one number is shown by many telephones: a freephone number is a whole company's."""
    return _TOLL_FREE.fullmatch(e164) is not None


def _with_country(text: str) -> str | None:
    """Digits with their country code; None when they are none of a telephone."""
    plus = text.startswith("+")
    if plus or text.startswith(_ABROAD_FROM_HOME):
        text = text.replace("(0)", "")  # +44 (0)20: dialled within the country alone
    digits = re.sub(r"[^0-9]", "", text)
    if not plus:
        for before in _ABROAD_FROM_HOME:
            if digits.startswith(before) and _exists(digits.removeprefix(before)):
                return digits.removeprefix(before)
    home = f"{NORTH_AMERICA}{digits}"
    written, other = (digits, home) if plus else (home, digits)
    return next((one for one in (written, other) if _exists(one)), None)


def _exists(digits: str) -> bool:
    if digits.startswith(NORTH_AMERICA):
        return _AREA.fullmatch(digits[1:]) is not None
    code = next((digits[:n] for n in (1, 2, 3) if digits[:n] in _lengths()), None)
    return code is not None and len(digits) - len(code) in _lengths()[code]


@cache
def _spelled() -> frozenset[str]:
    return frozenset(word.translate(_KEYPAD) for word in _WITHHELD)


@cache
def _lengths() -> dict[str, frozenset[int]]:
    rows = (row.split(":") for row in _LENGTHS.split())
    return {code: frozenset(map(int, lengths.split(","))) for code, lengths in rows}
