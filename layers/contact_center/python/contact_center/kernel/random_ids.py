"""Names nobody else has."""

from __future__ import annotations

import secrets


class RandomIds:
    """Ids from the operating system's randomness."""

    def new(self) -> str:
        """A fresh token of 32 characters."""
        return secrets.token_hex(16)
