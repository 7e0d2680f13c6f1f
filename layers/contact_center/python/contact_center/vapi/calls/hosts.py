"""Whose addresses are Vapi's own, and which are this machine's."""

from __future__ import annotations

import re

VAPI_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+vapi\.ai")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
