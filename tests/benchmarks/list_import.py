"""Importing lists of any length: rows a second, CPU a row, and memory, which must stay flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cloud.emulator import Emulator


def show_list_import(emulator: Emulator, counts: Sequence[int]) -> None:
    """Measure and print.

    Args:
        emulator: For the environment alone; the stores keep nothing.
        counts: Rows of the lists.
    """
    stage = Stage(emulator)
    print("\nImport of a list, its stores keep nothing; beside it, only decoding and splitting it")
    print(
        f"  {'rows':>10}{'rows/s':>10}{'CPU us a row':>14}{'to splitting':>14}{'peak MB':>9}"
        f"{'to the first':>14}{'above splitting':>17}"
    )
    first_kb = 0
    for count in counts:
        took = stage.work("import_worker", "import", count)
        split = stage.work("import_worker", "parse", count)
        first_kb = first_kb or took["peak_kb"]
        print(
            f"  {count:>10,}{count / took['seconds']:>10,.0f}"
            f"{took['cpu_seconds'] * 1e6 / count:>14.1f}"
            f"{took['cpu_seconds'] / split['cpu_seconds']:>13.1f}x"
            f"{took['peak_kb'] / 1_024:>9.1f}{took['peak_kb'] / first_kb:>13.2f}x"
            f"{(took['peak_kb'] - split['peak_kb']) / 1_024:>14.1f} MB",
            flush=True,
        )
