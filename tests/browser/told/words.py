"""Texts that strangers write, numbers and instants, of which all answers are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

type Json = dict[str, Any]


# What strangers may say, be called and have in a list: all of it is text and nothing else.
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    "\u202eevil\u202c \u2066bidi\u2069",
    "naïve \u0000\u0007 control",
    "w" * 10_000,
    "=cmd|'/c calc'!A0",
    "\uff1d1+1",  # in full width, as spreadsheets of the east obey it
    "🧑🏽‍🚀 emoji",
    "שלום עולם, مرحبا",
)


# What most are called.
PEOPLE = (
    "Maria Alvarez",
    "Tom Okafor",
    "June Park",
    "Wei Lindqvist",
    "Hana Novak",
    "Luis Ferreira",
    "Aisha Rahman",
    "Piet van Dam",
    "Grace O'Neill",
    "Yusuf Demir",
)


WHOLE, MASKED, OURS = "+14155550111", "+1415•••0111", "+14155550100"


def iso(seconds_ago: float = 0) -> str:
    """An instant, so many seconds ago."""
    at = datetime.now(tz=UTC) - timedelta(seconds=seconds_ago)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
