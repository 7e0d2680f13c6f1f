"""The door and the functions behind it: cold starts, imports, CPU beside the tutorial's server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.artefact import ROOT, Artefact, Subject
from tests.benchmarks.cold_start import ColdStart, cold_starts, import_costs
from tests.benchmarks.payloads import (
    REPORT_BYTES,
    SECRET,
    TRANSCRIPT_BYTES,
    reports,
    transcripts,
)
from tests.benchmarks.processes import TutorialServer
from tests.benchmarks.webhooks import (
    EMPTY,
    EXPRESS,
    IN_LAMBDA,
    IN_PROCESS,
    Servers,
    cpu_per_webhook,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from local.cloud.emulator import Emulator

COLD, IMPORTS, WEBHOOKS = "cold", "imports", "webhooks"
_SHOWN_IMPORTS = 12
MOST_MB = {"TwilioWebhook": 70.0}
_EXPRESS_VERSION = "express@5"


def show_door(
    arguments: argparse.Namespace, parts: Collection[str], scratch: Path, emulator: Emulator
) -> None:
    """Measure and print those parts of COLD, IMPORTS and WEBHOOKS that are asked for.

    Args:
        arguments: `rounds` and `webhooks`: series, and webhooks in one.
        parts: Which.
        scratch: Where the functions are laid out.
        emulator: What they write to.
    """
    artefact = Artefact(scratch, emulator)
    subjects, missing = artefact.subjects()
    print(
        f"Measured: {artefact.description}; Python {sys.version.split()[0]}, {os.cpu_count()} CPUs."
    )
    for name in missing:
        print(f"Not measured: {name}, no event for it here, or no code of it there.")
    log = scratch / "functions.log"
    if COLD in parts:
        _show_cold_starts(cold_starts(subjects, arguments.rounds, log))
    if IMPORTS in parts:
        for subject in subjects[1:]:
            _show_imports(subject, import_costs(subject, max(1, arguments.rounds // 2)))
    door = next((each for each in subjects if each.name == "VapiWebhook"), None)
    if WEBHOOKS in parts and door is not None:
        _show_webhooks(arguments, artefact, (door, subjects[0]), scratch)


def _show_cold_starts(measured: list[ColdStart]) -> None:
    empty = measured[0]
    print("\nCold start, spawn to first durable answer (medians; ratio to an empty handler)")
    print(f"  {'function':<16}{'CPU ms':>9}{'clock ms':>10}{'CPU':>8}{'clock':>8}{'MB':>6}   aim")
    for each in measured:
        cpu, wall = each.cpu_ms / empty.cpu_ms, each.wall_ms / empty.wall_ms
        verdict = "" if each.subject.aim is None else _verdict(cpu, each.subject.aim)
        print(
            f"  {each.subject.name:<16}{each.cpu_ms:>9.1f}{each.wall_ms:>10.1f}"
            f"{cpu:>7.1f}x{wall:>7.1f}x{each.peak_mb:>6.0f}   {verdict}{_memory_verdict(each)}"
        )


def _memory_verdict(measured: ColdStart) -> str:
    most_mb = MOST_MB.get(measured.subject.name)
    if most_mb is None:
        return ""
    reached = "reached" if measured.peak_mb <= most_mb else "missed"
    return f"; ≤ {most_mb:g} MB {reached}"


def _show_imports(subject: Subject, costs: dict[str, float]) -> None:
    shown = list(costs.items())[:_SHOWN_IMPORTS]
    rest = sum(costs.values()) - sum(cost for _, cost in shown)
    listed = ", ".join(f"{package} {cost:.1f}" for package, cost in shown)
    print(f"\nImports of {subject.name}: {sum(costs.values()):.0f} ms, clock, under -X importtime")
    print(f"  {listed}, the rest {rest:.1f}")


def _show_webhooks(
    arguments: argparse.Namespace,
    artefact: Artefact,
    functions: tuple[Subject, Subject],
    scratch: Path,
) -> None:
    door, empty = functions
    with ExitStack() as stack:
        express = _tutorial_server(stack, scratch)
        servers = Servers(door, empty, artefact, express, scratch / "webhooks.log")
        print("\nCPU per webhook, ms (medians; the emulator's CPU is not counted)")
        print(
            "Ours appends to SQS before it answers, without TLS; the tutorial's keeps memory only."
        )
        for size, bodies, aim, share in (
            (TRANSCRIPT_BYTES, transcripts(), 2.0, 1),
            (REPORT_BYTES, reports(), 1.0, 4),
        ):
            counted = (arguments.rounds, max(1, arguments.webhooks // share))
            found = cpu_per_webhook(servers, bodies, *counted)
            _show_servers(size, found, aim)


def _show_servers(size: int, found: dict[str, float], aim: float) -> None:
    peer = found.get(EXPRESS)
    print(f"  body of {size // 1_024} KB")
    for name in (EXPRESS, IN_LAMBDA, IN_PROCESS, EMPTY):
        if name in found:
            ratio = ""
            if peer is not None and name in (IN_LAMBDA, IN_PROCESS):
                ratio = f"{found[name] / peer:>7.2f}x   {_verdict(found[name] / peer, aim)}"
            print(f"    {name:<32}{found[name]:>8.3f}{ratio}")


def _verdict(ratio: float, aim: float) -> str:
    return f"≤ {aim:g} x " + ("reached" if ratio <= aim else "missed")


def _tutorial_server(stack: ExitStack, scratch: Path) -> TutorialServer | None:
    """Start the tutorial's server, or say in a line why it is left out."""
    server = Path(
        os.environ.get("TUTORIAL_SERVER") or ROOT.parent / "shared" / "seed" / "server.js"
    )
    reason = None
    if not server.is_file():
        reason = "its server.js is not here (set TUTORIAL_SERVER=path)"
    elif shutil.which("node") is None or shutil.which("npm") is None:
        reason = "Node 20 with npm is not installed"
    elif not _install_express(scratch / "node"):
        reason = f"npm could not install {_EXPRESS_VERSION}"
    if reason is not None:
        print(f"\nThe comparison with the tutorial's server is skipped: {reason}.")
        return None
    modules = scratch / "node" / "node_modules"
    return stack.enter_context(
        TutorialServer(server.resolve(), modules, SECRET, scratch / "express.log")
    )


def _install_express(folder: Path) -> bool:
    folder.mkdir()
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
    done = subprocess.run([*command, _EXPRESS_VERSION], check=False, stdout=subprocess.DEVNULL)
    return done.returncode == 0
