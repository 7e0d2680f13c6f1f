"""Setting up: nothing to do the second time, and what is missing is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.liveness import LIVENESS_SECONDS
from tests.sam import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as setting up reads it."""
    for folder in ("tools", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def set_up(clone: Path, path: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own script)
        ["/bin/sh", str(clone / "tools" / "setup_environment.sh")],
        env={"PATH": path, "HOME": str(clone), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )


def commands(folder: Path, *names: str) -> str:
    """A PATH with these commands and no others."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    return str(folder)


def test_without_python_it_says_how_to_get_it(clone: Path) -> None:
    ran = set_up(clone, commands(clone / "bin", "dirname", "cat"))

    assert ran.returncode == 1
    assert "Python 3.13 is missing" in ran.stderr
    assert "apt install python3.13" in ran.stderr


def test_another_python_is_not_taken_for_it(clone: Path) -> None:
    path = commands(clone / "bin", "dirname", "cat")
    other = clone / "bin" / "python3"
    other.write_text("#!/bin/sh\nexit 1\n")  # what 3.12 answers when asked whether it is 3.13
    other.chmod(0o755)

    ran = set_up(clone, path)

    assert ran.returncode == 1
    assert "Python 3.13 is missing" in ran.stderr


@pytest.mark.sam
def test_without_network_it_says_what_to_do_and_goes_on_the_next_time(clone: Path) -> None:
    path = commands(clone / "bin", "dirname", "cat")
    (clone / "bin" / "python3.13").symlink_to(os.path.realpath(sys.executable))

    ran = set_up(clone, path, PIP_INDEX_URL=NOWHERE, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)

    assert ran.returncode == 1
    assert "installing the installer, uv: failed" in ran.stderr
    assert "HTTPS_PROXY" in ran.stderr
    assert "Traceback" not in ran.stderr.split("failed.")[0]
    assert not (clone / ".venv" / ".made-from").exists()  # so the next run tries again


@pytest.mark.parametrize(
    ("layer", "locked"), [("dependencies", "runtime"), ("door", "door"), ("twilio", "twilio")]
)
def test_a_layer_installs_what_the_tests_ran_with(layer: str, locked: str) -> None:
    installed = ROOT / "layers" / layer / "requirements.txt"

    assert installed.read_text() == (ROOT / "requirements" / f"{locked}.txt").read_text()


@pytest.mark.parametrize("locked", ["runtime", "door", "twilio"])
def test_the_versions_of_a_layer_are_those_the_tests_ran_with(locked: str) -> None:
    layer, tests = (_versions(name) for name in (locked, "dev"))

    assert layer
    assert {name: tests.get(name) for name in layer} == layer


def _versions(locked: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{locked}.txt").read_text().splitlines()
    pins = [line.partition("==") for line in lines if line[:1].isalnum()]
    return {name: rest.split()[0] for name, _, rest in pins}


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda lock: lock.stem
)
def test_every_version_is_locked_with_its_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    packages = [line for line in text.splitlines() if line[:1].isalnum()]

    assert packages
    for package in packages:
        assert "==" in package, package
        assert package.endswith("\\"), package  # its hashes follow
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
