"""Builds what functions/importer runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.civil_time import civil_clock
from contact_center.kernel.data_classes import dataclass
from contact_center.lists.adapters.dynamodb_open_lists import DynamoDBOpenLists
from contact_center.lists.services.export_results import ExportParts
from contact_center.lists.services.import_contacts import ImportParts
from contact_center.lists.services.list_ports import ListKind
from contact_center.lists.services.national_parts import NationalParts
from contact_center.lists.services.preview_campaign import PreviewParts
from contact_center.lists.services.work_on_lists import (
    ListParts,
    exports,
    imports,
    national_lists,
    previews,
)
from contact_center.permission.adapters.dynamodb_national import DynamoDBNationalBook
from contact_center.permission.domain.contactability import may_call
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from contact_center.kernel.civil_time import CivilClock
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.system_clock import SystemClock
    from contact_center.lists.services.list_ports import ListJob
    from contact_center.lists.services.work_on_lists import Work, Worked


@dataclass(frozen=True, slots=True)
class ImporterParts:
    """What functions/importer runs on."""

    lists: ListParts
    clock: SystemClock
    metrics: StdoutMetrics


def importer_parts(environment: Environment | None = None) -> ImporterParts:
    """The worker with its clients; no network is touched before the first job.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        RulesError: The rules of dialing cannot be used.
    """
    shop = Shop("Importer", environment)
    civil = civil_clock(shop.tables.civil)
    lists = ListParts(
        works={
            ListKind.IMPORT: imports(_importing(shop, civil)),
            ListKind.PREVIEW: previews(_previewing(shop, civil)),
            ListKind.EXPORT: exports(
                ExportParts(
                    contacts=shop.contacts,
                    jobs=shop.file_jobs,
                    files=shop.files,
                    clock=shop.clock,
                    civil=civil,
                )
            ),
            ListKind.NATIONAL: national_lists(_listing(shop, civil)),
            ListKind.FORGET: _forgetting(shop, civil),
        },
        jobs=shop.list_jobs,
        open_lists=DynamoDBOpenLists(shop.dynamodb, shop.tables.contacts_table),
        clock=shop.clock,
        civil=civil,
        metrics=shop.metrics,
    )
    return ImporterParts(lists, shop.clock, shop.metrics)


def _forgetting(shop: Shop, civil: CivilClock) -> Work:
    """The work on forgetting, made when the first person is to be forgotten."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        from contact_center.wiring.forgetting import forget_work

        return forget_work(shop, civil)(job, ends_at_ms)

    return work


def _importing(shop: Shop, civil: CivilClock) -> ImportParts:
    return ImportParts(
        campaigns=shop.campaigns,
        imports=shop.imports,
        files=shop.files,
        permissions=shop.permissions,
        rules=shop.rules,
        clock=shop.clock,
        civil=civil,
    )


def _previewing(shop: Shop, civil: CivilClock) -> PreviewParts:
    return PreviewParts(
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        people=shop.people_with_forgotten,
        jobs=shop.file_jobs,
        files=shop.files,
        rules=shop.rules,
        may_call=may_call,
        clock=shop.clock,
        civil=civil,
    )


def _listing(shop: Shop, civil: CivilClock) -> NationalParts:
    return NationalParts(
        imports=shop.imports,
        files=shop.files,
        book=DynamoDBNationalBook(shop.dynamodb, shop.tables.contacts_table),
        rules=shop.rules,
        clock=shop.clock,
        civil=civil,
    )
