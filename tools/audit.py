"""`make audit`: known holes in the packages we pin, and secrets in the files we keep.

    python -m tools.audit              both; exit status 1 when something was found
    python -m tools.audit --list       writes requirements/versions.toml anew

Holes are asked for at the package index by pip-audit. Where that does not answer (a mirror, no
network) it says so, which is no "all is well", and shows how old the dated list is:
requirements/versions.toml names each package that we chose with the newest version of that day.
Secrets are looked for by their shape, without asking anybody (tools/secret_shapes.py); what looks
like one and is none stands in tools/known_shapes.toml with the reason.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
VERSIONS = REQUIREMENTS / "versions.toml"
KNOWN = Path(__file__).with_name("known_shapes.toml")
TOOLS = ROOT / ".venvs" / "audit" / "bin"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", re.MULTILINE)
CHOSEN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
NEWEST = re.compile(r"^\S+ \(([^)]+)\)")
# What is shipped, or runs where a secret is: the tools of a developer's machine are not all of it.
OLD_DAYS = 90
ASKED_AT_ONCE = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="make audit", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--list", action="store_true", help="write requirements/versions.toml anew")
    if parser.parse_args(argv).list:
        return write_versions()
    holes, secrets = show_holes(), show_secrets()
    return 1 if holes or secrets else 0


def chosen() -> dict[str, str]:
    """The pinned version of every package that stands in a requirements/*.in, by name."""
    found: dict[str, str] = {}
    for names in sorted(REQUIREMENTS.glob("*.in")):
        pinned = {
            _plain(name): version
            for name, version in PINNED.findall(names.with_suffix(".txt").read_text("utf-8"))
        }
        for name in map(_plain, CHOSEN.findall(names.read_text("utf-8"))):
            found[name] = pinned[name]
    return dict(sorted(found.items()))


def _plain(name: str) -> str:
    """A package's name as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def show_holes() -> int:
    """Say what is known of the pinned packages; how many holes."""
    holes = asked = left_out = 0
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        _say(f"asking about {file.name}")
        for one in _audited(file):
            asked += 1
            left_out += "skip_reason" in one
            for hole in one.get("vulns", []):
                holes += 1
                mended = ", ".join(hole["fix_versions"]) or "no version"
                print(
                    f"{file.name}: {one['name']} {one['version']}: {hole['id']}, mended in {mended}"
                )
    if asked == left_out:
        print(f"Holes: the index answered for none of {asked} packages: nothing was audited.")
        print(age_of_list(read_versions(), datetime.now(UTC).date()))
    else:
        print(f"Holes: {holes} in {asked - left_out} packages, {left_out} could not be asked for.")
    return holes


def age_of_list(versions: Json, today: date) -> str:
    """How old the dated list is, and what to do when it is old."""
    as_of: date = versions["as_of"]
    behind = [name for name, one in versions["package"].items() if one["chosen"] != one["newest"]]
    said = (
        f"  requirements/versions.toml is of {as_of}: {len(versions['package'])} packages, "
        f"{len(behind)} behind the newest of that day."
    )
    if (today - as_of).days > OLD_DAYS:
        said += " It is old: run this where the index answers, then --list."
    return said


def show_secrets() -> int:
    """Say what looks like a secret and is not known to be none; how many."""
    _say("looking for secrets")
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))
    ran = _ran([str(TOOLS / "python"), "tools/secret_shapes.py"])
    if ran.returncode:
        print(f"Secrets: not looked for: {ran.stderr.strip().splitlines()[-1]}")
        return 1
    news = new_shapes(map(json.loads, ran.stdout.splitlines()), known)
    for one in news:
        print(f"{one['file']}: line {one['line']} has the shape of a secret: {one['kind']}")
    print(f"Secrets: {len(news)} new, in {len(known)} files known to be none.")
    return len(news)


def new_shapes(found: Iterable[Json], known: Json) -> list[Json]:
    """Those of which nobody has said, by file and kind, that they are none."""
    return [one for one in found if one["kind"] not in known.get(one["file"], {}).get("kinds", [])]


def write_versions() -> int:
    """Ask for the newest version of each package and write the dated list."""
    names = chosen()
    with ThreadPoolExecutor(ASKED_AT_ONCE) as several:
        newest = dict(zip(names, several.map(_newest, names), strict=True))
    lines = [
        "# What we chose, and the newest version on that day: `python -m tools.audit --list`.",
        f"as_of = {datetime.now(UTC).date()}",
        "",
        "[package]",
        *(
            f'"{name}" = {{ chosen = "{version}", newest = "{newest[name] or version}" }}'
            for name, version in names.items()
        ),
    ]
    VERSIONS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(age_of_list(read_versions(), datetime.now(UTC).date()).strip())
    return 0


def read_versions() -> Json:
    """The dated list."""
    return tomllib.loads(VERSIONS.read_text(encoding="utf-8"))


def _audited(file: Path) -> Iterable[Json]:
    command = [str(TOOLS / "pip-audit"), "-r", str(file), "--require-hashes", "--disable-pip"]
    said = _ran([*command, "-f", "json"]).stdout
    try:
        found: list[Json] = json.loads(said)["dependencies"]
    except ValueError:
        return [
            {"name": name, "skip_reason": "no answer"}
            for name, _ in PINNED.findall(file.read_text())
        ]
    return found


def _newest(name: str) -> str:
    said = _ran([sys.executable, "-m", "pip", "index", "versions", name]).stdout
    found = NEWEST.match(said)
    return found[1] if found else ""


def _places(document: Json) -> set[tuple[str, str, int]]:
    return {
        (file, one["type"], one["line_number"])
        for file, found in document["results"].items()
        for one in found
    }


def _ran(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own tools
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


def _say(text: str) -> None:
    print(f"  … {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
