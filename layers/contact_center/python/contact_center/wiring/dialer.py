"""Builds what functions/dialer runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.adapters.stamped_answers import StampedAnswers
from contact_center.dialing.services.place_call import PlaceParts
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.random_ids import RandomIds
from contact_center.kernel.system_clock import SystemSleeper
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.system_clock import SystemClock


@dataclass(frozen=True, slots=True)
class DialerParts:
    """What functions/dialer runs on."""

    place: PlaceParts
    clock: SystemClock
    metrics: StdoutMetrics


def dialer_parts(environment: Environment | None = None) -> DialerParts:
    """The dialer with its clients; no network is touched before the first job.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = Shop("Dialer", environment)
    stamps = StampedAnswers(shop.clock, shop.settle.ledger.timings.clocks_ms)
    stamps.watch(shop.dynamodb)
    place = PlaceParts(
        ledger=shop.settle.ledger,
        judge=shop.judge,
        slots=shop.slots,
        jobs=shop.dial_jobs,
        voice=shop.voice,
        sleeper=SystemSleeper(),
        ids=RandomIds(),
        brake=shop.brake,
        scripts=shop.scripts,
        clock_check=stamps,
        lines_below=shop.pace.lines_below,
    )
    return DialerParts(place, shop.clock, shop.metrics)
