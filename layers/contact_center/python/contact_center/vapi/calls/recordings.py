"""The recordings that Vapi made, by the id of the call: no link is ever stored (Vapi §3).

`GET /call/{id}/mono-recording`, asked with our key, sends whoever asks to a link that is made for
him and expires within the hour. The link is followed once, without the key, and only

    https, port 443, no login in it, on a host of RECORDING_HOSTS or below one, public addresses
    or the very origin of VAPI_BASE_URL, which is trusted with the key anyhow
"""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from contact_center.records.services.recording_ports import (
    OpenRecording,
    RecordingUnavailableError,
)
from contact_center.web.http_client import BrokenOffError, HttpClient
from contact_center.web.public_addresses import PublicAddresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from urllib.parse import SplitResult

    from contact_center.vapi.calls.api import ApiKey
    from contact_center.web.http_client import Streaming

COPY_SECONDS = 100.0  # for all of it: whoever sends 200 MB slower than this is tried again
HTTPS_PORT = 443
_SENT_ON = frozenset({301, 302, 303, 307, 308})
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class VapiRecordings:
    """RecordingSource over HTTP."""

    def __init__(  # noqa: PLR0913 - what is asked, of whom, and how long
        self,
        base_url: str,
        key: ApiKey,
        hosts: Sequence[str],
        version: str,
        *,
        seconds: float = COPY_SECONDS,
        addresses: PublicAddresses | None = None,
        certificates: str | None = None,
    ) -> None:
        """Keep where and who we are; nothing is opened yet.

        Args:
            base_url: Of Vapi's API, without a trailing slash.
            key: Its private key.
            hosts: Where recordings may be: each of these, and what is below it.
            version: Of this software, for the User-Agent, without which Vapi answers 403.
            seconds: For each of the two requests.
            addresses: Opens connections to the storage; by default to public addresses alone.
            certificates: A file of those who may vouch for the storage, in place of the usual.
        """
        self._base_url = base_url
        self._own = _origin(urlsplit(base_url))
        self._key = key
        self._hosts = tuple(host.lower() for host in hosts)
        self._agent = {"User-Agent": f"switchboard/{version}", "Accept": "audio/*, */*;q=0.5"}
        self._api = HttpClient(seconds)
        self._storage = HttpClient(
            seconds, opened=(addresses or PublicAddresses()).open, certificates=certificates
        )

    @contextmanager
    def opened(self, call_id: str) -> Iterator[OpenRecording | None]:
        """The recording of a call; see RecordingSource."""
        url = f"{self._base_url}/call/{quote(call_id, safe='')}/mono-recording"
        headers = {**self._agent, "Authorization": f"Bearer {self._key.current()}"}
        try:
            with self._api.streaming(url, headers) as answer:
                if answer.status not in _SENT_ON:
                    yield _recording(answer)
                    return
                location = answer.headers.get("location", "")
            link = urljoin(url, location)
            if not location or not self._may_follow(link):
                raise RecordingUnavailableError("untrusted_host")
            own = _origin(urlsplit(link)) == self._own
            with (self._api if own else self._storage).streaming(link, self._agent) as answer:
                yield _recording(answer)
        except BrokenOffError as error:
            raise RecordingUnavailableError(error.reason) from None

    def _may_follow(self, link: str) -> bool:
        try:
            parts = urlsplit(link)
            port = parts.port or HTTPS_PORT
        except ValueError:
            return False
        usable = link.isascii() and link.isprintable() and " " not in link and "\\" not in link
        if not usable or parts.username is not None or parts.password is not None:
            return False
        if _origin(parts) == self._own:
            return True
        host = (parts.hostname or "").rstrip(".")
        trusted = any(host == one or host.endswith(f".{one}") for one in self._hosts)
        return parts.scheme == "https" and port == HTTPS_PORT and trusted


def _recording(answer: Streaming) -> OpenRecording | None:
    """What an answer that is the recording's own brings. Raises RecordingUnavailableError."""
    if answer.status in _NOT_THERE:
        return None
    if answer.status != HTTPStatus.OK:
        raise RecordingUnavailableError(f"http_{answer.status}")
    length = answer.headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdigit() else None
    if size is None and "chunked" not in answer.headers.get("transfer-encoding", "").lower():
        raise RecordingUnavailableError("no_length")  # nobody could say whether it came whole

    def read(most: int) -> bytes:
        try:
            return answer.read(most)
        except BrokenOffError as error:
            raise RecordingUnavailableError(error.reason) from None

    return OpenRecording(answer.headers.get("content-type", ""), size, read)


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    try:
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None
