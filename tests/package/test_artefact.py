"""What `sam build` makes, imported as Lambda does: a fresh process that has nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.late_patterns import KEPT, LATE, read_kept
from local.cloud.emulator import ROOT, credentials
from local.cloud.one_process import run_events
from local.cloud.system import LocalSystem
from local.cloud.template_reader import read_template
from local.invoke import EVENT_SETTINGS
from local.settings import read_settings
from tests.liveness import LIVENESS_SECONDS
from tools.keep_patterns import import_users

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sam
FUNCTIONS = ["VapiWebhook", "TwilioWebhook", "CallRouter", "OperatorApi", "Receptionist"]
# What a stack with a number at Twilio is told.
OUR_NUMBER = {
    "PUBLIC_BASE_URL": "https://calls.example.com",
    "RECEPTION_JOBS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/111111111111/reception-jobs",
    "TWILIO_ACCOUNT_SID": f"AC{0:032}",
    "TWILIO_PHONE_NUMBER": "+14155550100",
    "VAPI_PHONE_NUMBER_ID": "number-1",
}
UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024  # Lambda's, for a function with all its layers
UNCHECKED_HASH = 1  # the second word of a compiled file, PEP 552

IMPORT_HANDLER = """
import importlib, json, sys
module, name = sys.argv[1].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
print(json.dumps({
    "callable": callable(handler),
    "modules": sorted(sys.modules),
    "files": sorted(str(m.__file__) for m in sys.modules.values() if getattr(m, "__file__", None)),
}))
"""


SECOND_OPINION = {"SECOND_OPINION": "true"}


def parts_of(artefact: Path, function: str, **settings: str) -> list[Path]:
    built = read_template(artefact / "template.yaml", settings).functions[function]
    return [built.folder, *built.layers]


def import_as_lambda_does(artefact: Path, function: str) -> dict[str, Any]:
    template = read_template(artefact / "template.yaml", {})
    built = template.functions[function]
    evaluator = template.evaluator(lambda resource, _: resource)
    environment = {name: evaluator.text(value) for name, value in built.environment.items()}
    ran = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-S", "-s", "-W", "error", "-c", IMPORT_HANDLER, built.handler],
        env={
            **environment,
            **OUR_NUMBER,
            **credentials(),  # as Lambda gives them
            "PYTHONPATH": ":".join(str(part) for part in (built.folder, *built.layers)),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    seen: dict[str, Any] = json.loads(ran.stdout)
    return seen


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_handler_imports_from_the_artefact_alone(artefact: Path, function: str) -> None:
    seen = import_as_lambda_does(artefact, function)

    assert seen["callable"]
    ours = [file for file in seen["files"] if "contact_center" in file]
    assert ours
    assert all(file.startswith(str(artefact)) for file in ours)


@pytest.mark.emulator
def test_an_event_goes_through_the_artefact_without_docker(artefact: Path, tmp_path: Path) -> None:
    event = (ROOT / "events" / "sqs-transcript-final.json").read_bytes()
    built = artefact / "template.yaml"
    settings = read_settings(None, EVENT_SETTINGS)
    with LocalSystem(settings, template_path=built, folder=tmp_path) as system:
        outcomes = run_events("CallRouter", [event], built, system.record, tmp_path / "invoke.log")

    assert [json.loads(outcome.payload) for outcome in outcomes] == [{"batchItemFailures": []}]


@pytest.mark.parametrize("door", ["VapiWebhook", "TwilioWebhook"])
def test_a_door_loads_no_library_but_its_provider_s_at_its_cold_start(
    artefact: Path, door: str
) -> None:
    loaded = {name.split(".")[0] for name in import_as_lambda_does(artefact, door)["modules"]}

    libraries = {"boto3", "botocore", "pydantic", "aws_lambda_powertools", "urllib3", "orjson"}
    libraries |= {"phonenumbers", "tzdata", "tomllib"}  # campaign.predial loads them
    assert loaded.isdisjoint(libraries)


@pytest.mark.parametrize(
    ("function", "settings"), [*((name, {}) for name in FUNCTIONS), ("CallRouter", SECOND_OPINION)]
)
def test_a_function_with_its_layers_fits_into_lambda(
    artefact: Path, function: str, settings: dict[str, str]
) -> None:
    size = sum(
        file.stat().st_size
        for part in parts_of(artefact, function, **settings)
        for file in part.rglob("*")
        if file.is_file()
    )

    assert size < UNZIPPED_LIMIT_BYTES


ASKS_AGAIN = """
import json, sys
from contact_center.kernel.observability import StdoutMetrics
from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.adapters.second_opinion import SecondOpinion
class Clock:
    def now_ms(self): return 0
metrics = StdoutMetrics("CallRouter", Clock())
def load():
    from contact_center.understanding.adapters.sentence_judge import sentence_judge
    return sentence_judge()
both = SecondOpinion(load_intent_model(0.68), metrics, load)
said = ["there is a crack all over the glass of the one I got from you", "a question"]
before = both.hear("I was charged twice on my invoice").intent, "numpy" in sys.modules
intents = [both.hear(text).intent for text in said]
print(json.dumps([before, intents, sys.modules["numpy"].__file__]))
metrics.flush()
"""


def test_the_second_opinion_is_asked_out_of_its_layer(artefact: Path) -> None:
    parts = parts_of(artefact, "CallRouter", **SECOND_OPINION)
    ran = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-S", "-s", "-W", "error", "-c", ASKS_AGAIN],
        env={"PYTHONPATH": ":".join(map(str, parts)), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )

    assert ran.returncode == 0, ran.stderr
    told, *counted = ran.stdout.splitlines()
    before, intents, numpy = json.loads(told)
    assert before == ["billing", False]
    assert intents == ["support", None]
    assert numpy.startswith(str(artefact))
    assert "second_opinion_failed" not in "".join(counted)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_source_is_compiled_so_that_no_cold_start_compiles_it(
    artefact: Path, function: str
) -> None:
    tag = sys.implementation.cache_tag
    for part in parts_of(artefact, function):
        for source in part.rglob("*.py"):
            compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
            assert compiled.exists(), source
            flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
            assert flags == UNCHECKED_HASH, compiled


@pytest.mark.parametrize("function", ["CallRouter", "Receptionist"])
def test_whoever_a_caller_waits_for_makes_no_client_of_boto3_at_its_start(
    artefact: Path, function: str
) -> None:
    loaded = set(import_as_lambda_does(artefact, function)["modules"])

    assert "contact_center.aws.dynamodb.lean_client" in loaded
    assert loaded.isdisjoint({"boto3", "botocore.session", "botocore.client"})


def test_what_a_caller_says_is_held_to_patterns_that_no_cold_start_compiles(artefact: Path) -> None:
    kernel = "contact_center/kernel"
    kept = [read_kept(part / kernel / KEPT) for part in parts_of(artefact, "CallRouter")]
    import_users()

    assert {pattern.text for pattern in LATE} <= set().union(*kept)


def test_nothing_of_this_machine_ships(artefact: Path) -> None:
    home = str(artefact).encode()
    found = [file for file in artefact.rglob("*.pyc") if home in file.read_bytes()]

    assert found == []
