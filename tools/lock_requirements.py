"""Write requirements/*.txt from requirements/*.in: every version, every hash, no address.

Versions already locked stay unless `--upgrade` is given. A layer gets the same lock as the
requirements it is made of, because `sam build` installs from the layer's own folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "requirements"
READ_ONLY = {"distil"}  # a package that is only read needs nothing it depends on
# By requirements, the layer made of them.
LAYERS = {
    "runtime": "dependencies",
    "door": "door",
    "twilio": "twilio",
    "second-opinion": "second_opinion",
}


def lock(names: Path, *options: str) -> Path:
    """Resolve one file of names for every platform.

    Args:
        names: a requirements/*.in.
        options: more options for the resolver, such as `--upgrade`.

    Returns:
        The file written beside it.
    """
    locked = names.with_suffix(".txt")
    subprocess.run(  # noqa: S603 # our own tool, our own arguments
        [
            str(ROOT / ".venv" / "bin" / "uv"),
            *("--no-config", "--quiet", "pip", "compile"),
            *("--universal", "--python-version", "3.13", "--generate-hashes"),
            *("--no-emit-index-url", "--no-header", "--no-annotate"),
            *(["--no-deps"] if names.stem in READ_ONLY else []),
            *options,
            *("--output-file", str(locked), str(names)),
        ],
        check=True,
        cwd=FOLDER,
    )
    return locked


def main() -> None:
    """Lock every file of names, and the layers with them."""
    for names in sorted(FOLDER.glob("*.in")):
        locked = lock(names, *sys.argv[1:])
        count = sum("==" in line for line in locked.read_text().splitlines())
        print(f"{locked.relative_to(ROOT)}: {count} packages")
    for name, layer in LAYERS.items():
        folder = ROOT / "layers" / layer
        folder.mkdir(exist_ok=True)
        shutil.copyfile(FOLDER / f"{name}.txt", folder / "requirements.txt")


if __name__ == "__main__":
    main()
