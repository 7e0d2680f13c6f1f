"""`python -m local up|demo|invoke`: the whole system on one machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "layers" / "contact_center" / "python"
DESCRIPTION = (
    "The whole of Switchboard on this machine: gateway, queues, real Lambda runtime processes, an "
    "AWS emulator and a simulator of Vapi. No account is needed and nothing leaves loopback, "
    "unless .env names a Vapi of your own."
)
UP = (
    "Start the system and leave it running. When it is ready, one line of JSON with ready, url, "
    "console and pid goes to standard output; everything else goes to standard error. Ctrl-C, "
    "SIGTERM or SIGINT stops it. Settings come from .env and from the environment: PORT (3000; 0 "
    "takes any free port), PERSIST=1 keeps the state between runs, VAPI_BASE_URL names another "
    "Vapi, and every parameter of template.yaml under its name in capitals."
)
INVOKE = (
    "Run events through one function in a Lambda runtime process, as `sam local invoke` does with "
    "Docker: against the system that `up` runs in --folder, or against one that is started for the "
    "moment. Each answer is a line on standard output; logs go to standard error. The exit status "
    "is 1 when the function failed and 2 when nothing was run."
)
DEMO = (
    "Start the system, let scripted callers ring through the simulator, print what happened to "
    "each and the figures; then let two campaigns call, kill a dialer on the way, and hold the "
    "receiver's log to every promise; beside them, fill our own number at a simulated Twilio with "
    "more callers than lines. The last line of standard output is JSON."
)


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m local", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run the system until it is stopped", description=UP)
    up.add_argument(
        "--env-file", type=Path, default=ROOT / ".env", help="settings (default: %(default)s)"
    )
    demo = commands.add_parser("demo", help="play scripted calls and report", description=DEMO)
    demo.add_argument("--callers", type=Path, help="folder of callers (*.toml) to play instead")
    pace = demo.add_mutually_exclusive_group()
    pace.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="seconds of simulated speech in a real second (default: %(default)s)",
    )
    pace.add_argument(
        "--patient",
        action=argparse.BooleanOptionalAction,
        help="callers wait for what they wait for in the order of events, everybody else for "
        "minutes; times are shown and not judged (default: where this machine is too slow or busy)",
    )
    demo.add_argument(
        "--contacts",
        type=int,
        help="how many contacts the campaigns call, 0: no campaigns (default: $CONTACTS, or 200)",
    )
    demo.add_argument(
        "--no-house",
        action="store_true",
        help="leave out the full house at our own number (so does HOUSE=0)",
    )
    invoke = commands.add_parser(
        "invoke", help="run events through one function", description=INVOKE
    )
    invoke.add_argument("function", help="its folder or its name in the template")
    invoke.add_argument(
        "events", nargs="*", metavar="event", help="a file such as those of events/, or -"
    )
    for command in (up, demo, invoke):
        command.add_argument(
            "--built", action="store_true", help="run what `sam build` left in .aws-sam/build"
        )
        command.add_argument(
            "--folder",
            type=Path,
            default=Path(".local"),
            help="where logs and kept state go (default: %(default)s)",
        )
    for command in (up, demo):
        command.add_argument(
            "-v", "--verbose", action="store_true", help="show the handlers' logs as they come"
        )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    args = build_parser().parse_args(arguments)
    if str(HOUSE) not in sys.path:  # `make` has put it there
        sys.path.append(str(HOUSE))
    if args.command == "demo":
        from local.demo import demo  # noqa: PLC0415 (only what the command needs is loaded)

        return demo.run(args)
    if args.command == "invoke":
        from local import invoke  # noqa: PLC0415

        return invoke.run(args)
    from local import up  # noqa: PLC0415

    return up.run(args)


if __name__ == "__main__":
    sys.exit(main())
