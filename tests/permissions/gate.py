"""IAM before the emulator: a function's requests are held to its role, word by word.

The emulator's own enforcement does not know conditions on keys and attributes, and a handler of a
test runs with the account's own credentials. So each request that a function sends in this process
is judged by the policy in template.yaml before it leaves; one that is not allowed gets the refusal
that AWS would give, and fails the test besides. Whose a request is, is told by the stack: the code
of a function is in functions/<name>/. What a test itself looks up is nobody's.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from botocore.session import Session

from contact_center.aws.connection import AwsConnection
from tests.permissions.asked import missing_file, needs
from tests.permissions.roles import Need, Word, allowed, held_by, roles
from tests.sam import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

FUNCTIONS = f"{ROOT / 'functions'}/"
REFUSED, NOT_FOUND = 403, 404
TARGETS = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}


def running() -> str | None:
    """The folder of the function whose code is at work here; None: none is."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(FUNCTIONS):
            return name.removeprefix(FUNCTIONS).partition("/")[0]
        frame = frame.f_back  # type: ignore[assignment]
    return None


@dataclass
class Gate:
    """A watch on all clients and connections that functions make in this process.

    Attributes:
        without: A word that is taken away from its policy for now.
        test: Which test runs.
        held: By each word, the tests in which a request needed it.
    """

    without: Word | None = None
    test: str = ""
    found: list[str] = field(default_factory=list)
    held: dict[Word, dict[str, int]] = field(default_factory=dict)
    _known: dict[Need, set[Word]] = field(default_factory=dict)

    def install(self) -> None:
        """Begin; clients have to be made after it."""
        create = Session.create_client

        def made(session: Session, *parts: Any, **named: Any) -> Any:
            client = create(session, *parts, **named)
            self._watch(client, running())
            return client

        begin, send = AwsConnection.__init__, AwsConnection.send

        def begun(connection: Any, *parts: Any, **named: Any) -> None:
            begin(connection, *parts, **named)
            connection.made_by = running()

        def sent(
            connection: Any, method: str, path: str, headers: dict[str, str], body: bytes
        ) -> tuple[int, bytes]:
            folder = self._whose(getattr(connection, "made_by", None))
            if folder is not None and not self._may(folder, *_read(path, headers, body)):
                return REFUSED, b'{"__type":"AccessDeniedException"}'
            return send(connection, method, path, headers, body)

        patched: Any = AwsConnection
        patched.__init__, patched.send = begun, sent
        sessions: Any = Session
        sessions.create_client = made

    def take(self) -> list[str]:
        """What was refused since the last time."""
        found, self.found = self.found, []
        return found

    def _watch(self, client: Any, made_by: str | None) -> None:
        service = client.meta.service_model.service_name

        def before(params: Mapping[str, Any], model: Any, **_: object) -> None:
            folder = self._whose(made_by)
            if folder is not None and not self._may(folder, service, model.name, params):
                raise _denied(model.name)

        def after(http_response: Any, model: Any, **_: object) -> None:
            absent = service == "s3" and http_response.status_code == NOT_FOUND
            folder = self._whose(made_by) if absent else None
            if folder is not None and not self.judged([missing_file(folder)]):
                raise _denied(model.name)

        client.meta.events.register_first("before-parameter-build", before)
        client.meta.events.register("after-call", after)

    def _whose(self, made_by: str | None) -> str | None:
        """Whose a request is: of who calls, or of a thread that a function has begun."""
        of_a_thread = threading.current_thread() is not threading.main_thread()
        return running() or (made_by if of_a_thread else None)

    def _may(self, folder: str, service: str, operation: str, said: Mapping[str, Any]) -> bool:
        return self.judged(list(needs(folder, service, operation, said)))

    def judged(self, asked: list[Need]) -> bool:
        """Whether a role may do all of that; what it may not is kept for `take`."""
        for need in asked:
            if need not in self._known:
                self._known[need] = held_by(need, roles()[need.role])
                if not allowed(need, roles()[need.role]):
                    del self._known[need]
                    self.found.append(str(need))
                    return False
            for word in self._known[need]:
                tests = self.held.setdefault(word, {})
                tests[self.test] = tests.get(self.test, 0) + 1
            if self.without in self._known[need]:
                self.found.append(f"{need} without {self.without}")
                return False
        return True


GATE = Gate()


def _read(path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str, dict[str, Any]]:
    """Service, operation and parameters of a lean request; to S3 it only puts."""
    target = headers.get("x-amz-target", "")
    if target:
        service, _, operation = target.partition(".")
        return TARGETS[service], operation, json.loads(body)
    _, bucket, key = unquote(path).split("/", 2)
    return "s3", "PutObject", {"Bucket": bucket, "Key": key}


def _denied(operation: str) -> ClientError:
    error = {"Code": "AccessDeniedException", "Message": "by the policy in template.yaml"}
    told: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": REFUSED}}
    return ClientError(told, operation)
