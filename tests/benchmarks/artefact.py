"""What is measured: the built artefact as Lambda would lay it out, or the source tree."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.emulator import ACCOUNT, credentials
from local.cloud.template_reader import read_template
from tests.benchmarks.payloads import (
    SECRET,
    TWILIO_ACCOUNT,
    TWILIO_BASE_URL,
    VIEWER_TOKEN,
    calls_event,
    deploy_event,
    dial_job_event,
    gateway_event,
    hint_event,
    list_job_event,
    queue_event,
    tick_event,
    transcripts,
    twilio_event,
)
from tests.emulator import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cloud.emulator import Emulator
    from local.cloud.template_reader import Function

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
OF_TWILIO = frozenset({"TwilioWebhook", "Receptionist"})
# All is loaded, and CloudFormation is told that the key is missing: nobody is asked elsewhere.
KEYLESS = {"VAPI_API_KEY_NAME": "nobody-made-this", "VAPI_BASE_URL": "http://127.0.0.1:9"}
_RUNTIME = ("awslambdaric", "simplejson", "snapshot_restore_py.py")
_EMPTY = "def lambda_handler(event, context):\n    return {}\n"


@dataclass(frozen=True, slots=True)
class Subject:
    """One function to be measured: how it is started and the event that it gets first."""

    name: str
    handler: str
    folder: Path
    environment: Mapping[str, str]
    event: bytes
    aim: float | None  # at most so many times the empty handler

    @property
    def command(self) -> list[str]:
        """Lambda's own runtime; -S, because Lambda has no site-packages of this machine."""
        return [sys.executable, "-S", "-m", "awslambdaric", self.handler]


class Artefact:
    """The functions, laid out in a folder of this run."""

    def __init__(self, scratch: Path, emulator: Emulator, number: str = ACCOUNT) -> None:
        self._scratch = scratch
        self._is_built = BUILT.is_file()
        self.account = Account(emulator.endpoint_url, number)
        self._runtime = self._lay_out_runtime()
        self._environment = self._make_resources()

    @property
    def description(self) -> str:
        """What was measured, in words."""
        if self._is_built:
            return "the built artefact (.aws-sam/build)"
        return "the source tree, compiled (no .aws-sam/build: run `make build` to measure that)"

    def forget_messages(self) -> None:
        """Empty the queue, so that the emulator does not grow."""
        self.account.client("sqs").purge_queue(QueueUrl=self.account.call_events_queue)

    def subjects(self) -> tuple[list[Subject], list[str]]:
        """The empty handler first, then every function; and the names of those left out."""
        template = read_template(BUILT if self._is_built else ROOT / "template.yaml", {})
        events: dict[str, tuple[bytes, float | None]] = {
            "VapiWebhook": (gateway_event(transcripts()[0]), 5.0),
            "CallRouter": (queue_event(transcripts()[0]), 10.0),
            "OperatorApi": (calls_event(), 12.0),
            # Nobody waits for these; a dialer's slot is fresh, however long it took to start.
            "Dialer": (dial_job_event(), None),
            "Reconciler": (tick_event(), None),
            "CampaignPlanner": (tick_event(), None),
            "Importer": (list_job_event(), None),
            "TwilioWebhook": (twilio_event("/twilio/queue/wait", {}), 5.0),
            "Receptionist": (hint_event(), 15.0),
            "CrmUpdater": (tick_event(), None),
            "TwilioFallback": (twilio_event("/twilio/fallback", {}), None),
            "Provisioner": (deploy_event(self._answered_at), None),
        }
        found = [self._empty()]
        missing = []
        for name, function in template.functions.items():
            module = function.handler.rpartition(".")[0].replace(".", "/")
            if name in events and (function.folder / f"{module}.py").is_file():
                found.append(self._subject(function, *events[name]))
            else:
                missing.append(name)
        return found, missing

    def _empty(self) -> Subject:
        folder = self._scratch / "empty"
        folder.mkdir()
        (folder / "empty.py").write_text(_EMPTY)
        compileall.compile_dir(folder, quiet=2)
        path = [folder, self._runtime]
        return Subject(
            "empty handler", "empty.lambda_handler", folder, self._names(path), b"{}", None
        )

    def _subject(self, function: Function, event: bytes, aim: float | None) -> Subject:
        path = [function.folder, *function.layers, self._runtime]
        if not self._is_built and len(function.layers) > 1:  # its libraries are not laid out yet
            path.append(Path(sysconfig.get_path("purelib")))
        written = {
            name: value for name, value in function.environment.items() if isinstance(value, str)
        }
        environment = {**written, **self._names(path)}
        if function.name in OF_TWILIO:
            environment |= self._of_twilio
        if function.name == "Provisioner":
            environment |= KEYLESS
        return Subject(function.name, function.handler, function.folder, environment, event, aim)

    def _names(self, path: list[Path]) -> dict[str, str]:
        """The environment of a process. In a source tree compiled files go beside it, not in it."""
        names = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in path),
            "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            **self._environment,
        }
        if self._is_built:
            names["PYTHONDONTWRITEBYTECODE"] = "1"  # as on Lambda, where the code is read-only
        else:
            names["PYTHONPYCACHEPREFIX"] = str(self._scratch / "compiled")
        return names

    def _lay_out_runtime(self) -> Path:
        """Lambda's runtime alone, without what else is installed here."""
        folder = self._scratch / "runtime"
        folder.mkdir()
        installed = Path(sysconfig.get_path("platlib"))
        for name in (*_RUNTIME, *(path.name for path in installed.glob("runtime_client*.so"))):
            if (installed / name).is_dir():
                shutil.copytree(installed / name, folder / name)
            else:
                shutil.copy2(installed / name, folder / name)
        compileall.compile_dir(
            folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )
        return folder

    @property
    def _answered_at(self) -> str:
        """Where CloudFormation waits for an answer: an address of S3's, as it gives them out."""
        where = {"Bucket": self.account.reports_bucket, "Key": "stack-answer"}
        return str(self.account.client("s3").generate_presigned_url("put_object", where))

    @cached_property
    def _of_twilio(self) -> dict[str, str]:
        """What callers at a number of our own need."""
        stored = json.dumps({"current": SECRET})
        return {
            "PUBLIC_BASE_URL": TWILIO_BASE_URL,
            "RECEPTION_JOBS_QUEUE_URL": self.account.reception_jobs_queue,
            "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT,
            "TWILIO_ADMISSION": "bypass",
            "TWILIO_PHONE_NUMBER": "+14155550100",
            "TWILIO_SECRET_NAME": self.account.secret("twilio-webhook", stored),
            "VAPI_PHONE_NUMBER_ID": "benchmark",
        }

    def _make_resources(self) -> dict[str, str]:
        """What the functions write to, in the emulator; the same names for every function."""
        account = self.account
        return {
            **credentials(account.number),
            "AWS_ENDPOINT_URL": account.endpoint_url,
            "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
            "CALLS_TABLE": account.calls_table,
            "DIALING_TABLE": account.dialing_table,
            "CONTACTS_TABLE": account.contacts_table,
            "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
            "LIST_JOBS_QUEUE_URL": account.list_jobs_queue,
            "REPORTS_BUCKET": account.reports_bucket,
            "VAPI_API_KEY_NAME": account.secret("vapi-api-key", '{"key": "benchmark"}'),
            "VAPI_PHONE_NUMBER_ID": "",
            "VAPI_SECRET_NAME": account.secret("vapi-webhook", json.dumps({"current": SECRET})),
            "OPERATOR_TOKENS_NAME": account.secret(
                "operator-tokens", json.dumps({"operator": "unused", "viewer": VIEWER_TOKEN})
            ),
            "AUDIT_KEY_NAME": account.secret("audit-key", '{"key": "benchmark"}'),
            "VAPI_WEBHOOK_AUTH": "hmac-body",
            "VAPI_BASE_URL": "https://api.vapi.ai",
            "PUBLIC_BASE_URL": "",
            "VAPI_SQUAD_ID": "",
            "VAPI_CREDENTIAL_ID": "",
            "PERSON_NUMBER": "",
            "HEALTH_SHOWS_CALLS": "false",
            "RETENTION_DAYS": "90",
            "BEDROCK_MODEL_ID": "",
            "SWITCHBOARD_VERSION": "0.0.0",
        }
