"""Twilio's REST API: ring a leg, once; steer it, end it, find it again.

By Twilio's own client over an HTTP client of ours (`http_client.py`), which tells what was not
sent from what may have been obeyed; what an answer means is in `rest_outcomes.py`. Nothing is
retried, redirected or logged here; a number is in the body of a request and nowhere else.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.records.domain.costs import USD, micros_of
from contact_center.records.services.price_ports import LegPrice
from contact_center.twilio.http_client import NotSentError, OneRequestClient, UnsureError
from contact_center.twilio.rest_outcomes import refusal_of
from contact_center.twilio.twiml import TRY_AGAIN
from contact_center.twilio.webhooks import LEG, STATUSES
from contact_center.visits.domain.legs import ENDS
from contact_center.visits.services.telephone_ports import (
    UNANSWERED,
    Done,
    FoundLeg,
    Gone,
    LegLookUp,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contact_center.twilio.twiml import TwimlWriter
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegOutcome, LegRequest

REAL_TWILIO = "https://api.twilio.com"
# Heard by whom we rang while our door is down (functions/twilio_fallback); else the apology is
# Twilio's own.
FALLBACK = "/twilio/fallback"
LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
PAGE = 100
MOST_PAGES = 20
CLOCKS_DIFFER_MS = 60_000  # a leg may be dated a little before we asked for it
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,12})?")
# Or else the client takes the region of the process's environment, unasked.
_NO_ENVIRONMENT = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
# What twilio's client raises on a 2xx that is not what it expects.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class AuthToken(Protocol):
    """The token of the account, out of a secret that rotates (aws/stored_key.py)."""

    def current(self) -> str:
        """The token. Raises SecretUnavailableError when it cannot be had."""
        ...

    def has_changed(self, used: str) -> bool:
        """Whether a token that was refused is not the one that stands now."""
        ...


class TwilioApi:
    """Telephone over HTTP."""

    def __init__(
        self,
        account_sid: str,
        token: AuthToken,
        writer: TwimlWriter,
        public_base_url: str,
        base_url: str = REAL_TWILIO,
    ) -> None:
        """Keep where and who we are; nothing is opened yet.

        Args:
            account_sid: Of the account whose legs they are.
            token: The account's.
            writer: Of the documents that are sent along.
            public_base_url: What our paths begin with, without a trailing slash.
            base_url: http or https, no trailing slash.
        """
        self._account_sid = account_sid
        self._token = token
        self._writer = writer
        self._public_base_url = public_base_url
        self._base_url = base_url

    def ring(self, request: LegRequest) -> PostOutcome:
        """Ring a leg, once; see Telephone."""

        def create(client: Any) -> PostOutcome:  # noqa: ANN401 - twilio's, untyped
            created = client.calls.create(
                to=request.to,
                from_=request.caller_id,
                url=self._public_base_url + request.answered,
                method="POST",
                fallback_url=self._public_base_url + FALLBACK,
                fallback_method="POST",
                status_callback=self._public_base_url + request.events + TRY_AGAIN,
                status_callback_event=LEG_EVENTS,
                status_callback_method="POST",
                timeout=request.ring_seconds,
                **({"call_token": request.call_token} if request.call_token else {}),
            )
            return Placed(created.sid) if _is_leg(created.sid) else Unknown("no_id")

        outcome = self.asked(create, unreadable=Unknown("no_id"))
        if isinstance(outcome, Gone):  # not of a leg, then: there is no such account
            return Refused("configuration", configuration=True)
        return outcome

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        """Let a live leg do this now; see Telephone. Raises TooLongError.

        Twilio says of a leg that still rings what it says of one that is over (21220).
        """
        outcome = self._update(leg, twiml=self._writer.by_rest(instructions))
        goes_on = isinstance(outcome, Gone) and self._goes_on(leg)
        return NotSent(UNANSWERED) if goes_on else outcome

    def hang_up(self, leg: str) -> LegOutcome:
        """End a leg; see Telephone."""
        return self._update(leg, status="completed")

    def cancel(self, leg: str) -> LegOutcome:
        """End a leg unless somebody has answered it; see Telephone."""
        return self._update(leg, status="canceled")

    def find_leg(self, leg: str) -> FoundLeg | None:
        """One leg; see Telephone. Raises VoiceUnavailableError."""
        outcome = self.asked(
            lambda client: _found(client.calls(leg).fetch()), unreadable=Unknown("unreadable")
        )
        if isinstance(outcome, Gone):
            return None
        if not isinstance(outcome, FoundLeg) or outcome.leg != leg:
            raise VoiceUnavailableError
        return outcome

    def price_of(self, leg: str) -> LegPrice | None:
        """What a leg cost; see LegPrices. Raises VoiceUnavailableError.

        Twilio fills it in some time after the end, as a negative amount (Calls resource, `price`);
        it is of the connection alone.
        """
        outcome = self.asked(
            lambda client: _price(client.calls(leg).fetch()), unreadable=Unknown("unreadable")
        )
        if isinstance(outcome, Gone):
            return None
        if not isinstance(outcome, LegPrice):
            raise VoiceUnavailableError
        return outcome

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        """Every leg of those two numbers created since then; see Telephone.

        Twilio filters by the time at which a leg was dialled, which one that waits has not, so
        time is looked at here: the newest come first.
        """
        found: list[FoundLeg] = []

        def search(client: Any) -> bool:  # noqa: ANN401 - twilio's, untyped
            page = client.calls.page(to=to, from_=caller_id, page_size=PAGE)
            for leg in _each(page):
                if leg.created_at_ms is None:
                    raise ValueError
                if leg.created_at_ms < since_ms - CLOCKS_DIFFER_MS:
                    return True
                found.append(leg)
            return True

        complete = self.asked(search, unreadable=False)
        return LegLookUp(complete is True, tuple(found))

    def in_room(self, room: str) -> frozenset[str]:
        """The legs in a room at the moment; see Telephone. Raises VoiceUnavailableError."""

        def look(client: Any) -> frozenset[str]:  # noqa: ANN401 - twilio's, untyped
            found = client.conferences.page(friendly_name=room, page_size=PAGE)
            rooms = [one.sid for one in found if one.status != "completed"]
            parties = [
                party
                for sid in rooms
                for party in client.conferences(sid).participants.page(page_size=PAGE)
            ]
            return frozenset(one.call_sid for one in parties if one.status == "connected")

        outcome = self.asked(look, unreadable=None)
        if not isinstance(outcome, frozenset):
            raise VoiceUnavailableError
        return outcome

    def _goes_on(self, leg: str) -> bool:
        """Whether a leg is known not to be over."""
        try:
            found = self.find_leg(leg)
        except VoiceUnavailableError:
            return False
        return found is not None and found.status not in ENDS

    def _update(self, leg: str, **wish: str) -> LegOutcome:
        def update(client: Any) -> Done:  # noqa: ANN401 - twilio's, untyped
            client.calls(leg).update(**wish)
            return Done()

        return self.asked(update, unreadable=Done())

    def asked[T, U](
        self,
        ask: Callable[[Any], T],
        *,
        unreadable: U,
    ) -> T | U | Gone | Refused | NotSent | Unknown:
        """What came of one request; `unreadable`: of a 2xx that the client cannot read."""
        try:
            token = self._token.current()
        except SecretUnavailableError:
            return NotSent("credentials")
        try:
            return ask(self._client(token))
        except NotSentError as error:
            return NotSent(error.reason)
        except UnsureError as error:
            return Unknown(error.reason)
        except TwilioException as error:
            outcome = refusal_of(error)
            rotated = getattr(error, "status", None) == HTTPStatus.UNAUTHORIZED
            return NotSent("credentials") if rotated and self._token.has_changed(token) else outcome
        except _UNREADABLE:
            return unreadable

    def _client(self, token: str) -> Any:  # noqa: ANN401 - twilio's, untyped
        client = Client(
            self._account_sid,
            token,
            http_client=OneRequestClient(self._base_url),
            environment=_NO_ENVIRONMENT,
        )
        client.api.base_url = self._base_url
        return client


def _each(page: Any) -> Iterator[FoundLeg]:  # noqa: ANN401 - twilio's, untyped
    """The legs of a list, page by page. Raises ValueError when it does not come to an end."""
    for left in range(MOST_PAGES, 0, -1):
        yield from map(_found, page)
        if page.next_page_url is None:
            return
        if left > 1:
            page = page.next_page()
    raise ValueError


def _found(told: Any) -> FoundLeg:  # noqa: ANN401 - twilio's, untyped
    """A leg that the provider tells of. Raises KeyError, ValueError."""
    if not _is_leg(told.sid):
        raise ValueError
    created = told.date_created
    return FoundLeg(
        leg=told.sid,
        status=STATUSES[told.status],
        created_at_ms=round(created.timestamp() * 1000) if created else None,
    )


def _price(told: Any) -> LegPrice:  # noqa: ANN401 - twilio's, untyped
    """What a leg cost, as the provider tells it. Raises KeyError, ValueError."""
    currency = told.price_unit or USD
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ValueError
    if told.price is None:
        return LegPrice(None, currency)
    if not isinstance(told.price, str) or not _AMOUNT.fullmatch(told.price):
        raise ValueError
    micros = micros_of(abs(float(told.price)))
    if micros is None:
        raise ValueError
    return LegPrice(micros, currency)


def _is_leg(sid: object) -> bool:
    return isinstance(sid, str) and LEG.fullmatch(sid) is not None
