"""An owner's files, and what `make config` compiles of them."""

from pathlib import Path

CONFIG_FOLDER = Path(__file__).parent
COMPILED_FOLDER = CONFIG_FOLDER / "compiled"
