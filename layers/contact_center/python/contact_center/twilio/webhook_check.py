"""The door of Twilio's webhooks: size, then form, then signature, with keys that rotate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from contact_center.aws.rotating_secret import RotatingSecret
from contact_center.kernel.environment import SettingsError
from contact_center.kernel.field_errors import BadMessageError
from contact_center.twilio.forms import Form
from contact_center.twilio.webhook_signatures import Refusal, Verifier, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Metrics, RawRequest

LARGEST_BODY_BYTES = 65_536  # ten times what Twilio sends


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        refusal: Why the request is refused, or None when it is genuine.
        form: What it says; empty when it is refused.
    """

    refusal: Refusal | None
    form: Form


class WebhookCheck:
    """Whether a request is Twilio's: over the address we gave Twilio and the path that is served.

    Host, scheme and port of the request are the sender's claims, and no address of ours has a
    query: what Twilio may have signed is known beforehand, but for the path and the form.
    """

    def __init__(self, public_base_url: str, fetch: Callable[[], str], metrics: Metrics) -> None:
        """Keep how to check; nothing is fetched before the first request.

        Args:
            public_base_url: Under which Twilio reaches us, without a trailing slash.
            fetch: Gets the stored keys (`keys_of`); raises SecretUnavailableError.
            metrics: Counts what goes wrong with the keys.

        Raises:
            SettingsError: No webhook could be genuine under such an address.
        """
        parts = urlsplit(public_base_url)
        if parts.query or parts.fragment or not public_base_url.isascii():
            raise SettingsError("PUBLIC_BASE_URL", "must be ASCII without ? and #")
        self._public_base_url = public_base_url
        self._secret = RotatingSecret(fetch, lambda stored: Verifier(keys_of(stored)), metrics)

    def check(self, request: RawRequest, now_ms: int) -> Checked:
        """Judge a request.

        Args:
            request: As it came.
            now_ms: The machine clock, ms since 1970.

        Raises:
            CheckUnavailableError: The keys cannot be had: nobody is let in.
        """
        if len(request.body) > LARGEST_BODY_BYTES:
            return Checked(Refusal.TOO_LARGE, Form())
        if "?" in request.path:
            return Checked(Refusal.WITH_A_QUERY, Form())
        try:
            form = Form.of(request.body)
        except BadMessageError:
            return Checked(Refusal.NOT_A_FORM, Form())
        refusal = self._refusal(request, form, now_ms)
        return Checked(refusal, Form() if refusal else form)

    def warm(self, now_ms: int) -> None:
        """Fetch the keys ahead of the first request; that one tries again if this fails."""
        self._secret.warm(now_ms)

    def _refusal(self, request: RawRequest, form: Form, now_ms: int) -> Refusal | None:
        url = self._public_base_url + request.path
        refusal = self._secret.current(now_ms).refusal(url, request.headers, form)
        if refusal is None or not self._secret.looked_again(now_ms):
            return refusal
        return self._secret.current(now_ms).refusal(url, request.headers, form)
