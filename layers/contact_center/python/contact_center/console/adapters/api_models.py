"""What the operators' page asks and is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contact_center.aws.api_fields import STRICT, Asked, Instant, Told, about


class LogIn(Asked):
    """A token, to be shown once."""

    token: Annotated[str, STRICT, Field(min_length=1, max_length=512)]


class LoggedIn(Told):
    """Who is logged in."""

    name: Annotated[str, about("As in the secret of operators' tokens.")]
    role: Literal["operator", "viewer"]
    ends_at: Annotated[Instant | None, about("Of the session; null: a bearer token has no end.")]
    version: Annotated[str, about("Of what answers: another one than before is a deploy.")]


class LoggedOut(Told):
    """The cookie is gone."""

    logged_in: Literal[False]
