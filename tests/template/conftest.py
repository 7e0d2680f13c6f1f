"""The template as it is written, and as CloudFormation sees it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.children import Children
from local.cloud.emulator import credentials
from local.cloud.intrinsics import load_yaml
from tests import sam
from tests.liveness import LIVENESS_SECONDS
from tests.strict_emulator import StrictEmulator
from tests.template.role_statements import with_all_policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Client = Callable[[str], Any]


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """template.yaml, CloudFormation's short tags in their long forms."""
    return load_yaml(sam.TEMPLATE)


@pytest.fixture(scope="session")
def translated() -> dict[str, Any]:
    """What SAM's transform makes of it."""
    return sam.translate(sam.TEMPLATE)


@pytest.fixture(scope="session")
def gradual() -> dict[str, Any]:
    """The same where new versions come as canaries."""
    return sam.translate(sam.TEMPLATE, Rollout="Canary10Percent5Minutes")


@pytest.fixture(params=["written", pytest.param("translated", marks=pytest.mark.sam)])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both, one after the other: a rule must hold for what is deployed too."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def of_kind() -> Callable[[dict[str, Any], str], dict[str, dict[str, Any]]]:
    """Properties of the resources whose type ends so, by logical name."""

    def find(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
        found = {
            name: resource["Properties"]
            for name, resource in template["Resources"].items()
            if resource["Type"].endswith(f"::{kind}")
        }
        assert found, f"the template has no {kind}"
        return with_all_policies(template, found) if kind == "Role" else found

    return find


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictEmulator]:
    """An emulator as strict as AWS."""
    children = Children()
    try:
        with (
            StrictEmulator(children, tmp_path_factory.mktemp("deployed")) as running,
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("AWS_CA_BUNDLE", running.trust["AWS_CA_BUNDLE"])
            yield running
    finally:
        children.close()


def run_tool(
    emulator: StrictEmulator, tool: str, *arguments: str, typed: int = subprocess.DEVNULL
) -> tuple[int, str]:
    """Exit status and output of one of our commands, as who owns the emulator's account.

    Args:
        emulator: Which AWS.
        tool: Its module.
        arguments: What is typed behind it.
        typed: What stands for the keyboard.
    """
    return _run(emulator, [sys.executable, "-m", tool, *arguments], typed)


def run_make(
    emulator: StrictEmulator, line: str, typed: int = subprocess.DEVNULL
) -> tuple[int, str]:
    """The same of a line as the documents have it: `make destroy ENV=dev`."""
    return _run(emulator, line.split(), typed)


def _run(emulator: StrictEmulator, words: list[str], typed: int) -> tuple[int, str]:
    environment = os.environ | credentials() | emulator.trust
    environment |= {
        "AWS_ENDPOINT_URL": emulator.endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONPATH": "layers/contact_center/python:functions:.",
    }
    ran = subprocess.run(  # noqa: S603 - our own command
        words,
        cwd=sam.ROOT,
        env=environment,
        stdin=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )
    return ran.returncode, ran.stdout


@contextmanager
def typed(line: str) -> Iterator[int]:
    """A terminal at which somebody types a line."""
    keyboard, screen = pty.openpty()
    os.write(keyboard, f"{line}\n".encode())
    try:
        yield screen
    finally:
        os.close(keyboard)
        os.close(screen)


@pytest.fixture(scope="session")
def first_deploy(artefact: Path, emulator: StrictEmulator) -> str:
    """What `make deploy ENV=dev YES=1` says that makes the stack of these tests."""
    built = ("--template", str(artefact / "template.yaml"))
    status, said = run_tool(emulator, "tools.deploy", "--env", "dev", "--yes", *built)
    assert status == 0, said
    return said


@pytest.fixture(scope="session")
def client(first_deploy: str, emulator: StrictEmulator) -> Client:
    """boto3 clients of an emulator into which the artefact was deployed, as is."""
    assert first_deploy
    return emulator.client
