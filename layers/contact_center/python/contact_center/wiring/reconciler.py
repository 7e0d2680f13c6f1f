"""Builds what functions/reconciler runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.dialing.services.reconcile_attempts import ReconcileParts
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.system_clock import SystemClock


@dataclass(frozen=True, slots=True)
class ReconcilerParts:
    """What functions/reconciler runs on."""

    reconcile: ReconcileParts
    clock: SystemClock
    metrics: StdoutMetrics


def reconciler_parts(environment: Environment | None = None) -> ReconcilerParts:
    """The reconciler with its clients; no network is touched before the first tick.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = Shop("Reconciler", environment)
    reconcile = ReconcileParts(
        ledger=shop.settle.ledger,
        lines=shop.settle.lines,
        jobs=shop.dial_jobs,
        voice=shop.voice,
        outcomes=shop.outcomes,
    )
    return ReconcilerParts(reconcile, shop.clock, shop.metrics)
