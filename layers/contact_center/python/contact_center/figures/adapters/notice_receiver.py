"""The topic of notices as a receiver of effects: that a call left something for a person to do.

SNS knows no name of a message on a standard topic: one whose answer got lost is told once more.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

from contact_center.figures.adapters.sns_topic import LONGEST_SUBJECT
from contact_center.records.domain.effect_fields import BadEffectError, check_told
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_ports import Answer

_PERMISSION = {"AuthorizationError", "AccessDenied", "InvalidClientTokenId"}
_THROTTLED = {"Throttled", "Throttling", "ThrottledException"}
_NO_TOPIC = {"NotFound", "NotFoundException"}


class NoticeReceiver:
    """Receiver that publishes; whoever subscribes to the topic decides how he is reached."""

    def __init__(self, new_client: Callable[[], Any], topic: str) -> None:
        """Keep what makes a client, when the first notice is told, and the topic's ARN."""
        self._new_client = new_client
        self._client: Any = None
        self._topic = topic

    def deliver(self, effect: Effect) -> Answer:
        """Publish it; see Receiver."""
        if effect.kind is not EffectKind.NOTICE:
            return Refused("wrong_kind", f"operators are given notices, no {effect.kind}")
        try:
            check_told(effect.kind, effect.told)
            self._client = self._client or self._new_client()
            told = self._client.publish(
                TopicArn=self._topic,
                Subject=str(effect.told["title"])[: LONGEST_SUBJECT - 1],
                Message=str(effect.told["body"]),
            )
        except BadEffectError as error:
            return Refused("malformed", str(error))
        except ClientError as error:
            return _judged(error)
        except (EndpointConnectionError, ConnectTimeoutError):
            return Later("connection")
        except BotoCoreError:
            return InDoubt("timeout")
        return Delivered(told.get("MessageId"))

    def look_up(self, effect: Effect) -> None:
        """None: nobody can be asked."""


def _judged(error: ClientError) -> Answer:
    told: dict[str, Any] = dict(error.response)
    code = str(told.get("Error", {}).get("Code", ""))
    status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PERMISSION:
        return Refused("no_permission", "the topic of notices may not be published to")
    if code in _NO_TOPIC:
        return Refused("no_topic", "there is no topic of NOTICE_TOPIC_ARN")
    if code in _THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Later("rate")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InDoubt("server_error")
    return Refused("rejected", code if code.isalnum() else "")
