"""The country a row names, as programs and people write it."""

from __future__ import annotations

import re
import unicodedata

from contact_center.kernel.phone_numbers import is_region, region_of_calling_code

_CALLING_CODE = re.compile(r"\(?(?:\+|00)?([1-9]\d{0,2})\)?(?:\.0+)?")
_ISO3 = (
    "USA US, CAN CA, GBR GB, PRI PR, VIR VI, GUM GU, ASM AS, MNP MP, MEX MX, AUS AU, NZL NZ,"
    " IRL IE, DEU DE, FRA FR, ESP ES, ITA IT, NLD NL, BEL BE, CHE CH, AUT AT, PRT PT, POL PL,"
    " SWE SE, NOR NO, DNK DK, FIN FI, IND IN, CHN CN, JPN JP, BRA BR, ZAF ZA, PHL PH, JAM JM,"
    " DOM DO, BHS BS, BRB BB, TTO TT, BMU BM, COL CO, ARG AR, CHL CL, PER PE, ISR IL, TUR TR,"
    " UKR UA, KOR KR, SGP SG, HKG HK, ARE AE, SAU SA, NGA NG, KEN KE, GHA GH, PAK PK, BGD BD,"
    " GGY GG, JEY JE, IMN IM"
)
_NAMES = (
    "United States US, United States of America US, The United States US, America US, U S US,"
    " Vereinigte Staaten US, USA US, Estados Unidos US, Etats Unis US, EEUU US, EUA US,"
    " Stati Uniti US, Verenigde Staten US,"
    " Canada CA, Kanada CA, United Kingdom GB, The United Kingdom GB, UK GB, Great Britain GB,"
    " Britain GB, England GB, Scotland GB, Wales GB, Northern Ireland GB,"
    " United Kingdom of Great Britain and Northern Ireland GB, Grossbritannien GB,"
    " Vereinigtes Konigreich GB, Royaume Uni GB, Reino Unido GB, Regno Unito GB,"
    " Puerto Rico PR, Guam GU, American Samoa AS, US Virgin Islands VI,"
    " Northern Mariana Islands MP, Mexico MX, Mexiko MX, Mexique MX, Germany DE, Deutschland DE,"
    " Allemagne DE, Alemania DE, France FR, Frankreich FR, Spain ES, Espana ES, Italy IT,"
    " Italia IT, Ireland IE, Australia AU, New Zealand NZ, India IN, China CN, Japan JP,"
    " Brazil BR, Brasil BR, Netherlands NL, The Netherlands NL, Belgium BE, Switzerland CH,"
    " Schweiz CH, Austria AT, Osterreich AT, Portugal PT, Poland PL, Philippines PH, Jamaica JM,"
    " Dominican Republic DO, Bahamas BS"
)


def region_of(word: str) -> str | None:
    """The ISO country that a word means: "US", "GBR", "Vereinigte Staaten"; None: not known."""
    plain = _squashed(word)
    iso = plain.upper()
    if plain in _REGIONS:
        return _REGIONS[plain]
    return iso if iso.isascii() and is_region(iso) else None


def calling_code_of(word: str) -> str | None:
    """The calling code that a word is, digits alone: "+44", "0044", "44"; None: it is none."""
    found = _CALLING_CODE.fullmatch(word.replace(" ", ""))
    return found[1] if found and region_of_calling_code(found[1]) else None


def _squashed(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(one for one in apart if one.isalpha() and not unicodedata.combining(one))


_REGIONS = {
    _squashed(name): region
    for name, _, region in (one.strip().rpartition(" ") for one in f"{_ISO3}, {_NAMES}".split(","))
}
