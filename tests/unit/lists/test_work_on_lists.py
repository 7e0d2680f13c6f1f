"""The worker on lists: what is left is sent again, and so is what nobody touches."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import ENDING_MS
from contact_center.lists.services.import_ports import UNTOUCHED_MS, ImportState
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.work_on_lists import (
    LOOK_AGAIN_MS,
    ListParts,
    Worked,
    imports,
    send_open_lists,
    work_on_list,
)
from tests.campaign_scene import LONG_MS, CampaignScene, numbers
from tests.fakes.open_lists import FakeListJobs, FakeOpenLists

JOB = ListJob(ListKind.IMPORT, "c1", "c1.i")


def parts_of(scene: CampaignScene, queue: FakeListJobs) -> ListParts:
    return ListParts(
        works={ListKind.IMPORT: imports(scene.importing)},
        jobs=queue,
        open_lists=FakeOpenLists(scene.imports, scene.campaign_jobs),
        clock=scene.clock,
        civil=scene.civil,
        metrics=scene.metrics,
    )


def scene_with(rows: int) -> CampaignScene:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    body = "phone\n" + "\n".join(numbers(212, rows)) + "\n"
    add_contacts("c1", "i", body.encode(), "US", scene.change)
    return scene


def test_work_that_is_done_is_not_sent_again() -> None:
    scene, queue = scene_with(3), FakeListJobs()
    assert work_on_list(JOB, LONG_MS, parts_of(scene, queue)) is Worked.ENDED
    assert queue.sent == []
    assert scene.imports.jobs["c1.i"].state is ImportState.DONE


def test_what_is_left_when_time_is_short_is_sent_again_until_it_is_done() -> None:
    scene, queue = scene_with(400), FakeListJobs()
    parts = parts_of(scene, queue)
    now_ms = scene.clock.now_ms()
    came_to = Counter([work_on_list(JOB, now_ms + ENDING_MS - 1, parts)])
    while queue.sent:
        came_to[work_on_list(queue.sent.pop(), now_ms + ENDING_MS - 1, parts)] += 1

    assert came_to == {Worked.GOES_ON: 4, Worked.ENDED: 1}
    assert scene.imports.jobs["c1.i"].added == 400


def test_a_list_that_waits_for_its_file_is_not_sent_round_and_round() -> None:
    scene, queue = CampaignScene(), FakeListJobs()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", None, "US", scene.change)
    assert work_on_list(JOB, LONG_MS, parts_of(scene, queue)) is Worked.ENDED
    assert queue.sent == []


def test_work_of_another_release_is_refused() -> None:
    scene = scene_with(1)
    with pytest.raises(BadMessageError, match="kind"):
        work_on_list(replace(JOB, kind=ListKind.NATIONAL), LONG_MS, parts_of(scene, FakeListJobs()))


def test_what_nobody_touches_is_sent_again_and_then_left_for_a_while() -> None:
    scene, queue = scene_with(3), FakeListJobs()
    parts = parts_of(scene, queue)
    assert send_open_lists(parts) == 0

    scene.clock.at_ms += UNTOUCHED_MS
    assert [send_open_lists(parts), send_open_lists(parts)] == [1, 0]
    scene.clock.at_ms += LOOK_AGAIN_MS
    assert send_open_lists(parts) == 1
    assert queue.sent == [JOB, JOB]
    assert scene.metrics.of("list_sent_again") == [{"kind": "import"}] * 2


def test_a_message_that_is_lost_on_the_way_is_sent_by_a_later_look() -> None:
    scene, queue = scene_with(3), FakeListJobs(down=True)
    parts = parts_of(scene, queue)
    scene.clock.at_ms += UNTOUCHED_MS
    with pytest.raises(QueueUnavailableError):
        send_open_lists(parts)

    queue.down = False
    scene.clock.at_ms += LOOK_AGAIN_MS
    assert send_open_lists(parts) == 1


@pytest.mark.parametrize("error", [QueueUnavailableError(), ValueError()])
def test_a_list_that_cannot_be_sent_again_keeps_no_other_from_it(error: Exception) -> None:
    scene, queue = scene_with(3), FakeListJobs()
    add_contacts("c1", "j", b"phone\n+12122000014\n", "US", scene.change)
    parts = parts_of(scene, queue)
    scene.clock.at_ms += UNTOUCHED_MS
    send = queue.send

    def broken(job: ListJob, delay_seconds: int = 0) -> None:
        if job == first:
            raise error
        send(job, delay_seconds)

    first, second = [one.job for one in parts.open_lists.overdue(scene.clock.at_ms, 2)]
    queue.send = broken  # type: ignore[method-assign]
    with suppress(QueueUnavailableError):
        send_open_lists(parts)

    assert queue.sent == [second]
    assert scene.metrics.of("list_not_sent_again") == [{}]
