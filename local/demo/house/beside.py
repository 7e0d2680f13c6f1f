"""A full house beside whatever else the demo plays: it is judged at the end."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from local.demo.house.play import run_house
from local.demo.house.report import judge_house

if TYPE_CHECKING:
    from pathlib import Path

    from local.demo.house.play import HousePlay
    from local.demo.house.report import HouseOutcome, HouseVerdict


class HouseBeside:
    """A run on a thread of its own, which ends with this process, however that ends."""

    def __init__(
        self,
        play: HousePlay,
        folder: Path,
        template_path: Path,
        *,
        verbose: bool,
        patient: bool,
    ) -> None:
        """Keep what is to be played; see run_house."""
        self._outcome: Future[HouseOutcome] = Future()

        def run() -> None:
            try:
                outcome = run_house(play, folder, template_path, verbose=verbose, patient=patient)
                self._outcome.set_result(outcome)
            except BaseException as error:  # noqa: BLE001 (raised by whoever asks for the verdict)
                self._outcome.set_exception(error)

        self._thread = threading.Thread(target=run, name="full-house", daemon=True)

    def begin(self) -> None:
        """Begin; nothing if it has begun."""
        if self._thread.ident is None:
            self._thread.start()

    def wait(self) -> None:
        """Begin, and let nothing else begin before it is over."""
        self.begin()
        self._outcome.exception()

    def verdict(self) -> HouseVerdict:
        """Wait for the end, and judge it. Begins, if nobody has.

        Raises:
            ApiError, SettingsError, TemplateError, EmulatorError: It could not be played.
        """
        self.begin()
        return judge_house(self._outcome.result())
