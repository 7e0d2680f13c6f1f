"""A key of somebody's API, out of a stored secret that rotates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.rotating_secret import held_in
from contact_center.kernel.ports import SecretNotReadError, SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from contact_center.kernel.ports import Clock

# A rotated key is known after this long at the latest; one that is refused is looked up anew,
# but not oftener than every ASK_AGAIN_MS.
KEEP_MS = 300_000
ASK_AGAIN_MS = 10_000

NO_SUCH_SECRET = "ResourceNotFoundException"  # noqa: S105 - an error's name
# What may stand in an HTTP header: a stray line break in the secret must not become one there.
_USABLE = re.compile(r"[!-~]{1,512}")


class StoredKey:
    """The key as it stands."""

    def __init__(
        self,
        new_client: Callable[[], SecretsManagerClient],
        name: str,
        field: str,
        clock: Clock,
    ) -> None:
        """Keep where the key is; nothing is fetched before it is needed.

        Args:
            new_client: Makes boto3's client of Secrets Manager, when it is needed.
            name: Of the secret: JSON, or a bare text, which is its field `current`.
            field: Of the key in it.
            clock: For how long what was fetched is good.
        """
        self._new_client = new_client
        self._name = name
        self._field = field
        self._clock = clock
        self._key = ""
        self._fetched_at_ms: int | None = None

    def current(self) -> str:
        """The key. Raises SecretUnavailableError when it cannot be had."""
        return self._no_older_than(KEEP_MS)

    def has_changed(self, used: str) -> bool:
        """Whether a key that was refused is not the one that stands now.

        Then the refusal says nothing about the account. When nobody can tell, it has not.
        """
        try:
            return self._no_older_than(ASK_AGAIN_MS) != used
        except SecretUnavailableError:
            return False

    def _no_older_than(self, keep_ms: int) -> str:
        now_ms = self._clock.now_ms()
        if self._fetched_at_ms is None or now_ms - self._fetched_at_ms >= keep_ms:
            self._key = self._fetched()
            self._fetched_at_ms = now_ms
        return self._key

    def _fetched(self) -> str:
        try:
            stored = self._new_client().get_secret_value(SecretId=self._name)
            key = held_in(stored["SecretString"])[self._field]
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code == NO_SUCH_SECRET:
                raise SecretUnavailableError from None
            raise SecretNotReadError(code) from None
        except BotoCoreError as error:
            raise SecretNotReadError(type(error).__name__) from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SecretUnavailableError from None
        if not isinstance(key, str) or not _USABLE.fullmatch(key.strip()):
            raise SecretUnavailableError
        return key.strip()
