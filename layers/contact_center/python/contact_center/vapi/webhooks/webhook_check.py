"""Checking webhooks against secrets that rotate without a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import RotatingSecret, secrets_of
from contact_center.kernel.observability import log
from contact_center.vapi.webhooks.probes import PROBE_AGENT
from contact_center.vapi.webhooks.webhook_credentials import (
    HmacPlan,
    Mode,
    headers_that_came,
)
from contact_center.vapi.webhooks.webhook_signatures import Signed, Verdict, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.kernel.ports import Metrics, RawRequest

REFUSED = "webhook refused"  # a line of the log; `make doctor` reads it


class RotatingCheck:
    """RequestCheck over a stored secret {"current", "previous"?}."""

    def __init__(
        self,
        modes: Sequence[Mode],
        plan: HmacPlan,
        fetch: Callable[[], str],
        metrics: Metrics,
        public_base_url: str | None = None,
    ) -> None:
        """Keep how to check; nothing is fetched before the first request.

        Args:
            modes: What may prove a sender.
            plan: The options of mode hmac.
            fetch: Gets the stored secret; raises SecretUnavailableError.
            metrics: Counts what goes wrong with the secret.
            public_base_url: What {url} begins with in a signature.
        """
        self._public_base_url = public_base_url
        self._plan = plan
        self._open_to_all = Verifier(modes) if Mode.NONE in modes else None
        self._secret = RotatingSecret(
            fetch, lambda stored: Verifier(modes, plan, secrets_of(stored)), metrics
        )

    def check(self, request: RawRequest, now_ms: int) -> tuple[str | None, str]:
        """Judge a request; see RequestCheck. Of one that is refused the log says how it came."""
        verdict = self._verdict(self._signed(request), now_ms)
        if verdict.refusal is not None:
            came = " ".join(headers_that_came(request.headers, self._plan)) or "nothing"
            ours = request.headers.get("user-agent") == PROBE_AGENT
            by = "doctor" if ours else "sender"
            log("WARNING", REFUSED, reason=str(verdict.refusal), came=came, by=by)
        return verdict

    def _verdict(self, signed: Signed, now_ms: int) -> Verdict:
        if self._open_to_all is not None:
            return self._open_to_all.check(signed, now_ms)
        verdict = self._secret.current(now_ms).check(signed, now_ms)
        if verdict.refusal is None or not self._secret.looked_again(now_ms):
            return verdict
        return self._secret.current(now_ms).check(signed, now_ms)

    def warm(self, now_ms: int) -> None:
        """Fetch the secret ahead of the first request; that one tries again if this fails."""
        if self._open_to_all is None:
            self._secret.warm(now_ms)

    def _signed(self, request: RawRequest) -> Signed:
        base_url = self._public_base_url or f"https://{request.host}"
        return Signed(
            method=request.method,
            url=base_url + request.path,
            headers=request.headers,
            body=request.body,
        )
