"""The states, territories and provinces of North America, by the names people write."""

from __future__ import annotations

import unicodedata

_NAMES = {
    "US": (
        "AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado,"
        " CT Connecticut, DE Delaware, DC District of Columbia, DC Washington DC, FL Florida,"
        " GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas,"
        " KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan,"
        " MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada,"
        " NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NY New York State,"
        " NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania,"
        " RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah,"
        " VT Vermont, VA Virginia, WA Washington, WA Washington State, WV West Virginia,"
        " WI Wisconsin, WY Wyoming, PR Puerto Rico, GU Guam, AS American Samoa,"
        " VI US Virgin Islands, VI Virgin Islands, VI United States Virgin Islands,"
        " MP Northern Mariana Islands, MP Commonwealth of the Northern Mariana Islands"
    ),
    "CA": (
        "AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NB Nouveau Brunswick,"
        " NL Newfoundland and Labrador, NL Newfoundland, NL Labrador, NS Nova Scotia,"
        " NS Nouvelle Ecosse, NT Northwest Territories, NU Nunavut, ON Ontario,"
        " PE Prince Edward Island, PE PEI, QC Quebec, QC PQ, SK Saskatchewan, YT Yukon,"
        " YT Yukon Territory, BC Colombie Britannique, NL Terre Neuve et Labrador"
    ),
}


def code_of_state(said: str) -> str | None:
    """The jurisdiction that a state's written-out name means, such as US-TX; else None."""
    return _CODES.get(_squashed(said))


def _squashed(said: str) -> str:
    apart = unicodedata.normalize("NFKD", said.casefold().replace("&", "and"))
    return "".join(one for one in apart if one.isalpha() and not unicodedata.combining(one))


_CODES = {
    _squashed(name): f"{country}-{code}"
    for country, names in _NAMES.items()
    for code, _, name in (one.strip().partition(" ") for one in names.split(","))
}
