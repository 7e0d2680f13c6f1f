"""Who may ask the operators' API: what the stored secret says, taken as a whole or not at all."""

from __future__ import annotations

import json
import re
from typing import Literal, cast

from contact_center.kernel.data_classes import dataclass

type Role = Literal["operator", "viewer"]

ROLES: tuple[Role, ...] = ("operator", "viewer")
FIELDS = frozenset({"name", "role", "token"})
LONGEST_NAME = 64
# What an HTTP header carries and nobody guesses: 24 random signs of base64 are 144 bits.
LEAST_TOKEN, LONGEST_TOKEN = 24, 512
_TOKEN = re.compile(rf"[!-~]{{{LEAST_TOKEN},{LONGEST_TOKEN}}}")


class BadOperatorsError(Exception):
    """The secret lets nobody in: it breaks a rule, which the message is. It holds no token."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who asks."""

    name: str
    role: Role


def read_operators(stored: str) -> dict[str, Operator]:
    """Everybody whom the secret names, by token.

    Args:
        stored: JSON [{"name", "role", "token"}, …]; or, as ever, {"operator", "viewer"?}: then two
            tokens are named after their roles, and are not held to a length.

    Raises:
        BadOperatorsError: A rule is broken. What else the secret says does not count then: who was
            to be kept out by it must not come in.
    """
    try:
        told = json.loads(stored)
    except (ValueError, RecursionError):
        raise BadOperatorsError("must be JSON") from None
    if isinstance(told, dict):
        pairs = [(Operator(role, role), _kept(told[role])) for role in ROLES if told.get(role)]
    elif isinstance(told, list):
        pairs = [_named(one, at) for at, one in enumerate(told)]
    else:
        raise BadOperatorsError("must be a list of people, or an object with two tokens")
    if not pairs:
        raise BadOperatorsError("must name somebody")
    if len({one.name.casefold() for one, _ in pairs}) < len(pairs):
        raise BadOperatorsError("name must not stand there twice")
    if len({token for _, token in pairs}) < len(pairs):
        raise BadOperatorsError("token must not be two people's")
    return {token: one for one, token in pairs}


def _kept(token: object) -> str:
    """A token of the old shape: blank would be whoever sends nothing."""
    if not isinstance(token, str) or not token.strip():
        raise BadOperatorsError("a token must be a text and not blank")
    return token.strip()


def _named(said: object, at: int) -> tuple[Operator, str]:
    where = f"person {at + 1}: "
    if not isinstance(said, dict) or set(said) != FIELDS:
        raise BadOperatorsError(where + "must have name, role and token, and nothing else")
    name, role, token = said["name"], said["role"], said["token"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise BadOperatorsError(f"{where}name must be a text of 1 to {LONGEST_NAME} characters")
    if not name.isprintable():
        raise BadOperatorsError(where + "name must be printable")
    if role not in ROLES:
        raise BadOperatorsError(where + "role must be operator or viewer")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token.strip()):
        rule = f"token must be {LEAST_TOKEN} to {LONGEST_TOKEN} signs of ASCII without spaces"
        raise BadOperatorsError(where + rule)
    return Operator(name.strip(), cast("Role", role)), token.strip()
