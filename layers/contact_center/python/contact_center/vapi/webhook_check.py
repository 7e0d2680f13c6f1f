"""Checking webhooks against secrets that rotate without a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import CheckUnavailableError, SecretUnavailableError
from contact_center.vapi.webhook_credentials import BadSecretError, HmacPlan, Mode, secrets_of
from contact_center.vapi.webhook_signatures import Signed, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.kernel.ports import Metrics, RawRequest

# Secrets Manager's answer is good for this long; a rotated secret is noticed sooner, because
# a signature that fails asks again, but strangers cannot make us ask more than once a minute.
KEEP_MS = 300_000
ASK_AGAIN_MS = 60_000
AFTER_FAILURE_MS = 5_000


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
        self._modes = modes
        self._plan = plan
        self._fetch = fetch
        self._metrics = metrics
        self._public_base_url = public_base_url
        self._verifier: Verifier | None = Verifier(modes) if Mode.NONE in modes else None
        self._fetches = Mode.NONE not in modes
        self._fetched_at_ms: int | None = None
        self._asked_at_ms: int | None = None
        self._asked_again_at_ms: int | None = None

    def check(self, request: RawRequest, now_ms: int) -> tuple[str | None, str]:
        """Judge a request; see RequestCheck."""
        signed = self._signed(request)
        verdict = self._current(now_ms).check(signed, now_ms)
        if verdict.refusal is None or not self._may_have_rotated(now_ms):
            return verdict
        self._asked_again_at_ms = now_ms
        self._refresh(now_ms)
        return self._current(now_ms).check(signed, now_ms)

    def warm(self, now_ms: int) -> None:
        """Fetch the secret ahead of the first request; that one tries again if this fails."""
        if self._fetches:
            self._refresh(now_ms)
            if self._fetched_at_ms is None:
                self._asked_at_ms = None

    def _signed(self, request: RawRequest) -> Signed:
        base_url = self._public_base_url or f"https://{request.host}"
        return Signed(
            method=request.method,
            url=base_url + request.path,
            headers=request.headers,
            body=request.body,
        )

    def _current(self, now_ms: int) -> Verifier:
        if self._fetches and self._is_due(now_ms):
            self._refresh(now_ms)
        if self._verifier is None:
            raise CheckUnavailableError
        return self._verifier

    def _is_due(self, now_ms: int) -> bool:
        if self._fetched_at_ms is not None and now_ms - self._fetched_at_ms <= KEEP_MS:
            return False
        return self._asked_at_ms is None or now_ms - self._asked_at_ms >= AFTER_FAILURE_MS

    def _may_have_rotated(self, now_ms: int) -> bool:
        if not self._fetches or self._fetched_at_ms == now_ms:
            return False
        asked = self._asked_again_at_ms
        return asked is None or now_ms - asked >= ASK_AGAIN_MS

    def _refresh(self, now_ms: int) -> None:
        """Fetch the secret; one that cannot be had leaves the known one in force."""
        self._asked_at_ms = now_ms
        try:
            stored = self._fetch()
        except SecretUnavailableError:
            self._metrics.count("secret_unavailable")
            return
        self._fetched_at_ms = now_ms
        try:
            self._verifier = Verifier(self._modes, self._plan, secrets_of(stored))
        except BadSecretError:
            self._verifier = None  # an empty secret lets nobody in
            self._metrics.count("secret_unusable")
