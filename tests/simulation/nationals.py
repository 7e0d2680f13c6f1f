"""National do-not-call lists: operators hand them in one by one, and workers read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_errors import NothingToConfirmError
from contact_center.lists.services.import_ports import ImportState
from contact_center.lists.services.list_ports import ListKind
from contact_center.lists.services.national_desk import NationalDesk, NationalListSaid
from contact_center.lists.services.national_parts import NationalParts
from contact_center.lists.services.work_on_lists import (
    ListParts,
    national_lists,
    send_open_lists,
    work_on_list,
)
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.services.suppress import with_listing, without_listing
from tests.fakes.campaign_people import FakeFiles
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts, FakeImports, FakeJobs
from tests.fakes.national_book import FakeNationalBook
from tests.fakes.open_lists import FakeOpenLists
from tests.simulation.acts import AGAIN
from tests.simulation.campaign_ports import (
    SimulatedFiles,
    SimulatedImports,
    SimulatedListJobs,
    SimulatedOpenLists,
)
from tests.simulation.queues import SimulatedQueue
from tests.simulation.simulated_ports import AT_ONCE, CountedIds
from tests.simulation.template_figures import mapping_of, timeout_ms
from tests.simulation.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.lists.services.import_ports import ImportJob
    from contact_center.lists.services.list_ports import Link, ListJob
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.domain.permission import Permission
    from contact_center.permission.services.national_ports import ListedCount, ListedPage
    from tests.simulation.campaign_ports import SimulatedPermissions
    from tests.simulation.simulated_ports import TableClient
    from tests.simulation.system import System

COUNTRY = "US"
KNOWN_AT = datetime(2026, 10, 30, tzinfo=UTC)
TOO_OLD = datetime(2026, 9, 1, tzinfo=UTC)  # proves nothing any more
LISTS = 3
ON_IT = 0.3


@dataclass
class SimulatedNationalBook:
    """NationalBook over the network, on what people permit."""

    client: TableClient
    permissions: SimulatedPermissions
    completed: Callable[[str, int], None]

    @property
    def tables(self) -> FakeNationalBook:
        """The lists as the table has them."""
        return FakeNationalBook(self.permissions.tables)

    def mark(self, numbers: Sequence[str], listing: NationalListing) -> int:
        return self._change(numbers, lambda _, known: with_listing(known, listing))

    def take_off(self, numbers: Sequence[str], listing: NationalListing) -> int:
        return self._change(numbers, lambda _, known: without_listing(known, listing))

    def _change(
        self, numbers: Sequence[str], change: Callable[[str, Permission], Permission]
    ) -> int:
        parts = [numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE)]
        return sum(self.permissions.change_many(part, change) for part in parts)

    def complete(self, country: str, as_of_ms: int) -> None:
        self.client.write(
            "complete list", partial(self.completed, country, as_of_ms), transaction=False
        )

    def listed_before(self, country: str, as_of_ms: int, cursor: object | None) -> ListedPage:
        return self.client.read(
            "listed before", lambda: self.tables.listed_before(country, as_of_ms, cursor)
        )

    def count_listed(self, country: str, before_ms: int | None, cursor: str | None) -> ListedCount:
        return self.client.read(
            "count listed", lambda: self.tables.count_listed(country, before_ms, cursor)
        )


@dataclass
class ToldImports(FakeImports):
    """Whoever handed a list in sees where its import stands."""

    watch: Callable[[ImportJob], None] = lambda _job: None

    def commit(self, job: ImportJob, contacts: Sequence[object]) -> ImportJob:
        stored = super().commit(job, contacts)  # type: ignore[arg-type]
        self.watch(stored)
        return stored


class NoLinks:
    """FileLinks: lists come with the request."""

    def upload(self, key: str, size: int | None) -> Link:
        raise NotImplementedError

    def download(self, key: str, name: str) -> Link:
        raise NotImplementedError


@dataclass(eq=False)
class Nationals:
    """The lists of one account.

    Attributes:
        waiting: By import, what is true once it says that it is done.
        binds: Whether nobody may be called before a complete list comes: the next one is.
    """

    system: System
    rules: DialingRules
    waiting: dict[str, list[Word]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    binds: bool = False

    def __post_init__(self) -> None:
        system, ledger = self.system, self.system.place.ledger
        client = system.ledger.client
        self.imports = ToldImports(FakeContacts(FakeCampaigns()), watch=self._told)
        imports = SimulatedImports(client, self.imports)
        files = SimulatedFiles(client, FakeFiles())
        self.queue = SimulatedQueue(
            system.world, "importer", mapping_of("ListJobs", "Importer", 2), self._work
        )
        jobs = SimulatedListJobs(self.queue)
        parts = NationalParts(
            imports=imports,
            files=files,
            book=SimulatedNationalBook(client, system.permission_store, self._completed),
            rules=self.rules,
            clock=ledger.clock,
            civil=ledger.civil,
        )
        self.parts = ListParts(
            works={ListKind.NATIONAL: national_lists(parts)},
            jobs=jobs,
            open_lists=SimulatedOpenLists(client, FakeOpenLists(self.imports, FakeJobs())),
            clock=ledger.clock,
            civil=ledger.civil,
            metrics=ledger.metrics,
        )
        self.desk = NationalDesk(
            imports=imports,
            files=files,
            queue=jobs,
            links=NoLinks(),
            ids=CountedIds(),
            rules=self.rules,
            clock=ledger.clock,
            civil=ledger.civil,
        )

    # -- people ------------------------------------------------------------------------------

    def begin(self) -> None:
        """One list is known from before, which may be too old; others come."""
        system, world = self.system, self.system.world
        known_at = world.chance.choice((KNOWN_AT, TOO_OLD))
        system.tables.complete_lists[COUNTRY] = known_at
        self.binds = known_at is TOO_OLD
        listing = NationalListing(listed=True, imported_at=known_at, country=COUNTRY)
        for number in system.numbers():
            listed = world.chance.random() < ON_IT
            free = not listed and known_at is KNOWN_AT
            system.words.listed[number].append(Word(yes=free, said_ms=0, answered_ms=0))
            if listed:
                known = system.permissions.read(number)
                system.permissions.replace(number, known, with_listing(known, listing))
            system.observer.permitted(number)
        for _ in range(world.chance.randint(1, LISTS)):
            world.later(world.chance.uniform(0, system.load.faulty_ms), self._hand_in)

    def _hand_in(self) -> None:
        """A complete list, or one of news alone."""
        system, chance = self.system, self.system.world.chance
        numbers = system.numbers()
        on_it = [one for one in numbers if chance.random() < ON_IT] or numbers[:1]
        complete = chance.random() < 0.7 or self.binds
        self.binds = False
        spoken_of = numbers if complete else on_it
        words = [
            system.words.say(system.words.listed[one], yes=one not in on_it) for one in spoken_of
        ]
        body = "".join(f"{one.removeprefix('+1')}\n" for one in on_it).encode()
        said = NationalListSaid(country=COUNTRY, complete=complete)

        def add() -> None:
            import_id = str(self.desk.add(said, body)["importId"])
            self.waiting[import_id] = words
            self._answer(import_id)

        system.acts.do("operator", add)

    def _told(self, job: ImportJob) -> None:
        if job.state is ImportState.DONE:
            self.done.add(job.import_id)
            self._answer(job.import_id)
        if job.state is ImportState.UNCONFIRMED:
            wait_ms = self.system.world.chance.uniform(1_000, 120_000)
            self.system.world.later(wait_ms, lambda: self._confirm(job.import_id))

    def _answer(self, import_id: str) -> None:
        if import_id in self.done:
            for word in self.waiting.pop(import_id, []):
                word.answered(self.system.world.now)

    def _confirm(self, import_id: str) -> None:
        def confirm() -> None:
            try:
                self.desk.confirm(import_id)
            except NothingToConfirmError:
                return  # an answer was lost

        self.system.acts.do("operator", confirm)

    def _completed(self, country: str, as_of_ms: int) -> None:
        lists = self.system.tables.complete_lists
        at = datetime.fromtimestamp(as_of_ms / 1000, UTC)
        lists[country] = max(at, lists[country])
        for number in self.system.numbers():
            self.system.observer.permitted(number)

    # -- the function ------------------------------------------------------------------------

    def tick(self) -> None:
        """EventBridge Scheduler, once more; who would find nothing is spared."""
        world = self.system.world
        if self.unfinished() and not world.fault("tick_lost"):
            world.spawn("importer", timeout_ms("Importer"), self._send_open)

    def unfinished(self) -> bool:
        """Whether a list is still to be read, or an operator to be asked."""
        states = {ImportState.DONE, ImportState.FAILED}
        return any(job.state not in states for job in self.imports.jobs.values())

    def _work(self, records: Sequence[tuple[int, ListJob]]) -> Sequence[int]:
        running = self.system.world.running
        assert running is not None
        failed = []
        for number, job in records:
            try:
                work_on_list(job, int(running.deadline_ms), self.parts)
            except AGAIN:
                failed.append(number)
        return failed

    def _send_open(self) -> None:
        try:
            send_open_lists(self.parts)
        except AGAIN:
            return
