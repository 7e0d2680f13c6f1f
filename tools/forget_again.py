"""`make forget-again`: after a restore, everybody who was forgotten lately is forgotten again.

    python -m tools.forget_again

It asks the API at $API with $OPERATOR_TOKEN; without them, what `make up` runs here. Exit status: 0
it begins, 1 refused or not reached, 2 usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError

from tools.replay_effects import asked, refused, running, unreached

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    argparse.ArgumentParser(prog="tools.forget_again", description=__doc__).parse_args(argv)
    told = running() | {name: said for name, said in os.environ.items() if said}
    try:
        asked("/api/forget/again", {}, told)
    except HTTPError as error:
        print(refused(error), file=sys.stderr)
        return 1
    except (URLError, OSError) as error:
        print(unreached(error, told), file=sys.stderr)
        return 1
    print("it begins: whoever was forgotten in the last 50 days is forgotten again")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
