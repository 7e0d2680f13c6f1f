"""The workflow runs what CI runs, with our Python, on actions that cannot move."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.expressions.strict_parser import NODE_MAJOR

ROOT = Path(__file__).resolve().parents[3]
CI_MINUTES = 90
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def steps() -> list[dict[str, object]]:
    read = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return [step for job in read["jobs"].values() for step in job["steps"]]


def test_it_runs_what_ci_runs() -> None:
    runs = [step["run"] for step in steps() if "run" in step]
    assert runs == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_it_has_what_a_check_is_left_out_without() -> None:
    """A browser, Node for the strict parser, and more minutes than `.ci/run` may take."""
    read = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    [job] = read["jobs"].values()
    assert job["timeout-minutes"] > CI_MINUTES
    [run] = [step for step in steps() if step.get("run") == ".ci/run"]
    assert run["env"]["CHROMIUM"]  # type: ignore[index]
    [node] = [
        step["with"]["node-version"]  # type: ignore[index]
        for step in steps()
        if "setup-node" in str(step.get("uses"))
    ]
    assert int(node) >= NODE_MAJOR


def test_what_the_tests_send_is_judged_without_running_them_again() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert 'step test env EXPRESSIONS_INTO="$EXPRESSIONS_INTO" make test' in script
    assert 'make expressions RECORDED="$EXPRESSIONS_INTO"' in script


def test_every_action_is_a_commit() -> None:
    used = [str(step["uses"]) for step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action) for action in used)


def test_the_pictures_of_every_page_are_kept() -> None:
    [run] = [step for step in steps() if step.get("run") == ".ci/run"]
    [kept] = [step for step in steps() if "upload-artifact" in str(step.get("uses"))]

    assert run["env"]["PICTURES"] == kept["with"]["path"]  # type: ignore[index]
    assert kept["if"] == "always()"  # also of a run that failed: those above all


def test_it_takes_the_python_of_this_repository() -> None:
    [version] = [
        step["with"]["python-version"]  # type: ignore[index]
        for step in steps()
        if "setup-python" in str(step.get("uses"))
    ]
    assert version == (ROOT / ".python-version").read_text(encoding="utf-8").strip()
