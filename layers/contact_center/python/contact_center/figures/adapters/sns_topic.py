"""NoticeBoard on a topic of SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.figures.services.give_notices import NotToldError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.figures.domain.notices import Notice

LONGEST_SUBJECT = 100  # SNS, Publish: fewer than that, printable ASCII


class SnsTopic:
    """Publishes notices; whoever subscribes decides how he is reached."""

    def __init__(self, new_client: Callable[[], Any], topic: str) -> None:
        """Keep what makes a client, when the first notice is given, and the topic's ARN."""
        self._new_client = new_client
        self._client: Any = None
        self._topic = topic

    def tell(self, notice: Notice) -> None:
        """Publish one; see NoticeBoard."""
        try:
            self._client = self._client or self._new_client()
            self._client.publish(
                TopicArn=self._topic,
                Subject=notice.subject[: LONGEST_SUBJECT - 1],
                Message=notice.text,
            )
        except (BotoCoreError, ClientError):
            raise NotToldError from None
