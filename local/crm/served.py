"""What the simulators share: they are served on loopback, and what is asked for goes wrong."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from local.crm.faults import Fault, Faults, Mishap
from local.crm.http import PAGE, Answer, json_answer

if TYPE_CHECKING:
    from typing import Self

    from local.crm.http import HttpServer, Request
    from local.crm.log import CrmLog

NOWHERE = "http://127.0.0.1:9/"


class Served:
    """Something that answers on loopback while it is started, or as a context."""

    _server: HttpServer

    @property
    def url(self) -> str:
        """The base URL: what the setting of such a receiver is set to."""
        return self._server.url

    def start(self) -> Self:
        """Answer requests."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Answering(ABC):
    """Answers one request after the other, writes each down, and errs where that was asked for."""

    def __init__(self, log: CrmLog, faults: Faults, broken: dict[str, Any]) -> None:
        """Keep its log, what is to go wrong, and what it says of itself when it is broken."""
        self.log, self.faults = log, faults
        self._broken = broken
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        fault = self.faults.take(request.method, request.path)
        with self._lock:
            obeyed = fault is None or fault.is_obeyed
            answer = self.carried_out(request) if obeyed else Answer(503)
            answer = answer if fault is None else spoilt(answer, fault, self._broken)
            self.log.write(
                "request",
                **{"method": request.method, "path": request.path} | self.noted(request),
                status=answer.status,
                fault=None if fault is None else fault.mishap.value,
            )
        return answer

    @abstractmethod
    def carried_out(self, request: Request) -> Answer:
        """What comes of a request that nothing happens to."""

    def noted(self, request: Request) -> dict[str, object]:  # noqa: ARG002 - of this one, nothing
        """What else is written down of a request."""
        return {}


def spoilt(answer: Answer, fault: Fault, broken: dict[str, Any]) -> Answer:
    """An answer as it goes wrong; `broken` is what its sender says of itself then."""
    match fault.mishap:
        case Mishap.HTML:
            return Answer(200, PAGE, content_type="text/html")
        case Mishap.ERROR_INSIDE:
            return json_answer(200, broken)
        case Mishap.UNAVAILABLE:
            return Answer(503, PAGE, fault.headers, "text/html")
        case Mishap.REDIRECT:
            return Answer(302, b"", (("Location", NOWHERE),))
        case Mishap.STATUS:
            said = {"status": "error", "message": "as asked for"}
            return json_answer(fault.status, said, fault.headers)
        case _:
            return Answer(answer.status, answer.body, answer.headers, mishap=fault.mishap)
