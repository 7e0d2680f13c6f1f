"""Runs events through one function, in one Lambda runtime process, one after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from local.cloud.children import Children
from local.cloud.handler_pool import HandlerPool
from local.cloud.handler_process import LogFile
from local.cloud.pools import function_settings
from local.cloud.resources import Names
from local.cloud.template_reader import read_template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from local.cloud.handler_pool import Outcome
    from local.cloud.handler_process import FunctionSettings
    from local.cloud.run_record import RunRecord


def run_events(
    function: str, events: Sequence[bytes], template_path: Path, record: RunRecord, log_path: Path
) -> list[Outcome]:
    """Run events through a function against a system that is up.

    Args:
        function: Its name in the template.
        events: As Lambda would hand them over, JSON.
        template_path: Whose code: the source's, or that of what `sam build` left.
        record: Of the system.
        log_path: Where the function's output goes; the terminal shows it too.

    Returns:
        What became of each event, in order. The process ends after the last.
    """
    template = read_template(template_path, record.settings)
    names = Names(template, record.endpoint_url)
    settings = function_settings(template.functions[function], names, record.told)
    children = Children()
    try:
        return asyncio.run(_each(events, settings, children, LogFile(log_path, echo=True)))
    finally:
        children.close()


async def _each(
    events: Sequence[bytes], settings: FunctionSettings, children: Children, log: LogFile
) -> list[Outcome]:
    pool = HandlerPool(settings, children, log, 1)
    try:
        return [await pool.invoke(event) for event in events]
    finally:
        await pool.stop()
