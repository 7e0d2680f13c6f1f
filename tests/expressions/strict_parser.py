"""dynalite as a judge: it refuses every malformed expression that AWS refuses (measured: 47 of 47,
where emulators let 19 to 25 through). A Node package, locked with hashes, in a folder of its own.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from local.cloud.emulator import ACCOUNT, ROOT, free_port, make_client
from local.cloud.resources import Names
from local.cloud.template_reader import read_template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCK = ROOT / "requirements" / "expressions"
FOLDER = ROOT / ".venvs" / "expressions"
PROGRAM = FOLDER / "node_modules" / "dynalite" / "cli.js"
NODE_MAJOR = 20
WAIT_SECONDS = 30.0
_TABLE = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
_HELD = {"ConditionalCheckFailedException"}  # the expression was understood; the item differs
# Said of the item as it happens to be and not of the expression.
_OF_THE_ITEM = "refers to an attribute that does not exist in the item"


class StrictParserError(Exception):
    """It cannot be installed or does not run; the message says what to do."""


class Verdict(NamedTuple):
    """What it says to a request."""

    refused: bool
    why: str


def missing() -> str | None:
    """Why it cannot run on this machine, or None: it can."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return f"Node {NODE_MAJOR} or later with npm is not installed"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", said)
    if major is None or int(major[1]) < NODE_MAJOR:
        return f"Node is {said.strip() or 'broken'}, and {NODE_MAJOR} or later is needed"
    return None


def is_installed() -> bool:
    """Whether what is installed is what the lock names."""
    stamp = FOLDER / ".made-from"
    return PROGRAM.is_file() and stamp.is_file() and stamp.read_text() == _digest()


def install() -> None:
    """Install what the lock names, by its hashes, unless it is there. Raises StrictParserError."""
    if is_installed():
        return
    print("Installing the strict parser, once …", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCK / name, FOLDER / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    ran = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise StrictParserError(
            f"npm could not install the strict parser:\n{(ran.stderr or ran.stdout)[-1_000:]}\n"
            "It needs the network once; if a hash is wrong, do not install it."
        )
    (FOLDER / ".made-from").write_text(_digest())


class StrictParser:
    """One process with the template's tables, empty."""

    def __init__(self, log: Path) -> None:
        self._port = free_port()
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        self._log = log
        self._tables = template_tables()
        self.keys = {
            name: [key["AttributeName"] for key in table["KeySchema"]]
            for name, table in self._tables.items()
        }

    def __enter__(self) -> Self:
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *("node", str(PROGRAM), "--host", "127.0.0.1", "--port", str(self._port)),
                    *("--createTableMs", "0"),
                ],
                env={"PATH": os.environ.get("PATH", os.defpath)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            self._wait()
            self._create()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def judge(self, operation: str, body: dict[str, Any]) -> Verdict:
        """Give it a single request, which it carries out if it can."""
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, "
            "SignedHeaders=host, Signature=none",
        }
        self._connection.request("POST", "/", json.dumps(body), headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status == http.HTTPStatus.OK:
            return Verdict(refused=False, why="")
        error = json.loads(said)
        why = str(error.get("message") or error.get("Message") or error.get("__type"))
        kind = str(error.get("__type")).rpartition("#")[2]
        return Verdict(refused=kind not in _HELD and _OF_THE_ITEM not in why, why=why)

    def _create(self) -> None:
        client = make_client("dynamodb", f"http://127.0.0.1:{self._port}", ACCOUNT)
        try:
            for name, table in self._tables.items():
                client.create_table(TableName=name, **table)
                client.get_waiter("table_exists").wait(
                    TableName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 100}
                )
        finally:
            client.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self._connection.request("GET", "/")
                self._connection.getresponse().read()
            except OSError:
                self._connection.close()
                time.sleep(0.05)  # it has no other way to say that it is ready
            else:
                return
        raise StrictParserError(f"the strict parser did not start: {self._log.read_text()[-500:]}")


def template_tables() -> dict[str, dict[str, Any]]:
    """The template's tables, by the name that requests carry."""
    names = Names(read_template(ROOT / "template.yaml", {}), "http://127.0.0.1")
    found = {}
    for resource in names.template.of_kind("AWS::DynamoDB::Table"):
        properties: Any = names.evaluator().value(dict(resource.properties))
        table = {key: properties[key] for key in _TABLE if key in properties}
        found[names.attribute(resource.name, "Ref")] = table
    return found


def _digest() -> str:
    files: Sequence[Path] = (LOCK / "package.json", LOCK / "package-lock.json")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
