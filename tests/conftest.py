"""What the tests share."""

from __future__ import annotations

import itertools
import logging
import pickle
import shutil
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from hypothesis import settings as hypothesis_settings

from contact_center.aws import boto3_clients, connection
from contact_center.aws.lean_aws import LeanAws
from contact_center.configuration import compiled_config
from contact_center.kernel import data_classes
from contact_center.understanding.adapters import intent_model_file
from local.cloud.children import Children
from local.cloud.emulator import Emulator
from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests import sam
from tests.building import Builder
from tests.emulator import Account
from tests.expressions.quick_rules import QuickJudge, keys_of_tables
from tests.expressions.recorder import recorder_asked_for
from tests.kept_of_botocore import keep_what_is_alike
from tests.liveness import LIVENESS_SECONDS
from tests.permissions.gate import GATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.second_aws import SecondAws

collect_ignore = ["browser"]  # in an environment and with a command of their own

# The same examples in every run, and no verdict by the clock of a busy machine; `make test-long`
# looks at six times as many, and `make test-anywhere`, which looks for clocks and orders, at few.
hypothesis_settings.register_profile("repository", deadline=None, derandomize=True, max_examples=40)
hypothesis_settings.register_profile("thorough", deadline=None, derandomize=True, max_examples=240)
hypothesis_settings.register_profile("elsewhere", deadline=None, derandomize=True, max_examples=4)
hypothesis_settings.load_profile("repository")

# pytest says which fields of two differ only where it takes what compares them for the library's.
data_classes._equal.__code__ = data_classes._equal.__code__.replace(co_filename="<string>")

ROOT = Path(__file__).resolve().parent.parent
# A Lambda reads the model and the compiled configuration once; tests start hundreds of them.
vars(intent_model_file)["intent_tables"] = cache(intent_model_file.intent_tables)
_read_compiled, _read_shipped = compiled_config._read, cache(compiled_config._read)
vars(compiled_config)["_read"] = lambda file: (
    _read_shipped(file) if file == compiled_config.COMPILED_FILE else _read_compiled(file)
)
# Tests of an owner's files change one of twenty and have all of them read.
_pickled = cache(lambda text, loads=tomllib.loads: pickle.dumps(loads(text)))
vars(tomllib)["loads"] = lambda text: pickle.loads(_pickled(text))  # noqa: S301 - ours

JUDGE = QuickJudge(keys_of_tables())
_account_numbers = itertools.count(200_000_000_001)


def pytest_configure(config: pytest.Config) -> None:
    JUDGE.install()
    GATE.install()
    if recorder := recorder_asked_for():
        config.pluginmanager.register(recorder, "what is sent")
    keep_what_is_alike()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--aws",
        choices=("ministack", "moto"),
        default="ministack",
        help="which emulator answers the contract tests (`make moto`)",
    )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of contracts and samples beside the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "contracts").is_dir():
        pytest.skip("the shared contracts are not beside this repository (../shared)")
    return folder


@pytest.fixture(scope="session")
def emulator(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulator | SecondAws]:
    """The AWS emulator, started once: `endpoint_url` and `client(service, account)`."""
    if request.config.getoption("--aws") == "moto":
        from tests.second_aws import SecondAws  # noqa: PLC0415 - half a second, for `make moto`

        with SecondAws() as second:
            yield second
        return
    children = Children()
    try:
        with Emulator(children, tmp_path_factory.mktemp("emulator")) as running:
            yield running
    finally:
        children.close()


@pytest.fixture(scope="session")
def builder(emulator: Emulator | SecondAws) -> Iterator[Builder]:
    """Makes tables, queues and buckets on the emulator."""
    made = Builder(emulator.endpoint_url)
    yield made
    made.close()


@pytest.fixture
def account(
    emulator: Emulator | SecondAws, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """An empty AWS account of this test's own on the emulator, which may be slow and is not away.

    The limits of our clients fit AWS; a busy machine takes longer to answer them.
    """
    patient = Config(connect_timeout=LIVENESS_SECONDS, read_timeout=LIVENESS_SECONDS)
    monkeypatch.setattr(boto3_clients, "LIMITS", boto3_clients.LIMITS.merge(patient))
    monkeypatch.setattr(connection, "CONNECT_SECONDS", LIVENESS_SECONDS)
    connect, make_client = LeanAws.connection, boto3_clients.Boto3Clients._client
    made: list[Any] = []  # by whatever is under test; a Lambda never closes them

    def connected(aws: LeanAws, service: str, *_: object, **named: bool) -> Any:
        made.append(connect(aws, service, LIVENESS_SECONDS, **named))
        return made[-1]

    def client(clients: boto3_clients.Boto3Clients, *asked: Any) -> Any:
        made.append(make_client(clients, *asked))
        return made[-1]

    monkeypatch.setattr(LeanAws, "connection", connected)
    monkeypatch.setattr(boto3_clients.Boto3Clients, "_client", client)
    opened = Account(emulator.endpoint_url, str(next(_account_numbers)), builder)
    JUDGE.take(), GATE.take()
    yield opened
    for each in (*made, opened):
        each.close()
    assert JUDGE.take() == [], "what AWS refuses, though the emulator does not"
    assert GATE.take() == [], "what the roles in template.yaml do not allow"


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What libraries log while a test runs; pytest's own plugin would cost a second a worker."""
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    keeper, root = Keeper(), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    yield kept
    root.setLevel(level)
    root.removeHandler(keeper)


@pytest.fixture(scope="session")
def small_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """The local system running tests/functional/local/small_system instead of Switchboard."""
    folder = tmp_path_factory.mktemp("small-system")
    source = ROOT / "tests" / "functional" / "local" / "small_system"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    settings = read_settings(None, {"PORT": "0", "VAPI_SECRET": "made up", "MODE": "loud"})
    with LocalSystem(
        settings, template_path=folder / "template.yaml", folder=folder / "local"
    ) as running:
        yield running


@pytest.fixture(scope="session")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make build` would make now, in a folder of the tests' own."""
    return sam.build(tmp_path_factory.mktemp("artefact"))
