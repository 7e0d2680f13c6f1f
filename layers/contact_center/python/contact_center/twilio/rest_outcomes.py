"""What an answer to a request for a leg means: it rings, it never will, it is gone.

code or status                                   outcome
20429 (429)                                      NotSent, rate (http_client.py)
10004                                            NotSent, capacity
21220, 20404 or 404, of a leg we know            Gone; one that still rings: see redirect (api.py)
any other 4xx                                    Refused, with a word of ours and the code
2xx                                              Done; Placed if it names the leg
2xx that names no leg, asked to ring one         Unknown: the phone may ring
everything else                                  Unknown (http_client.py)
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from contact_center.dialing.services.voice_ports import NotSent, Refused
from contact_center.visits.services.telephone_ports import CALLER_ID, Gone

NOT_IN_PROGRESS = 21220
NOT_FOUND = 20404
TOO_MANY_CALLS = 10004

# By reason; True: every further leg would be refused alike (Twilio §6).
_REASONS: dict[tuple[str, bool], frozenset[int]] = {
    ("credentials", True): frozenset({20003}),
    ("billing", True): frozenset({10002, 21219}),  # a trial
    ("forbidden", True): frozenset({10001, 10005, 13227, 21203, 21215}),
    ("configuration", True): frozenset({21205, 21213}),
    (CALLER_ID, True): frozenset({21210, 21212}),
    ("bad_number", False): frozenset({13223, 13224, 21202, 21211, 21214, 21217}),
    ("blocked", False): frozenset({13225, 21216}),
}
_BY_CODE = {
    code: Refused(reason, configuration, code)
    for (reason, configuration), codes in _REASONS.items()
    for code in codes
}


def refusal_of(error: Any) -> NotSent | Refused | Gone:  # noqa: ANN401 - twilio's, untyped
    """What a 4xx means.

    Args:
        error: TwilioRestException or TwilioServiceException.
    """
    code, status = (_figure(getattr(error, name, None)) for name in ("code", "status"))
    if code == TOO_MANY_CALLS:
        return NotSent("capacity")
    if code in {NOT_IN_PROGRESS, NOT_FOUND} or status == HTTPStatus.NOT_FOUND:
        return Gone()
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status == HTTPStatus.UNAUTHORIZED:
        return Refused("credentials", configuration=True, code=code)
    return Refused("rejected", code=code)


def _figure(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
