"""Lists without pages are read in parts, and what is written meanwhile neither repeats nor hides an item."""

import pytest

from caseload.clinical.v1 import attachments_pb2
from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.paging import BEGINNING

from .conftest import photo


@pytest.fixture
def small_parts(monkeypatch):
    """Two items to a part."""
    monkeypatch.setattr("chassis.paging.ROWS_IN_A_PART", 2)


async def test_versions_that_are_added_while_they_are_listed(practice, small_parts):
    note = await practice.finalize(await practice.write(plan="0"))
    for number in range(1, 5):
        await practice.save(note, reason="r", plan=str(number))

    shown, after, more = [], str(BEGINNING), True
    while more:
        part = await practice.sessions.ListVersions(pb.ListVersionsRequest(session_id=note.id, after=after), practice.call)
        shown += [version.plan for version in part.versions]
        after, more = part.versions[-1].id if part.versions else after, part.more
        await practice.save(note, reason="r", plan=f"meanwhile {len(shown)}")

    assert shown == ["4", "3", "2", "1", "0"]
    assert len(await practice.versions(note)) == 5 + 3


async def test_files_that_are_added_and_removed_while_they_are_listed(practice, small_parts):
    note = await practice.write()
    content = photo()
    files = [await practice.attach(note, content, f"{number}.jpg") for number in range(5)]

    async def part_after(file_id: str) -> attachments_pb2.AttachmentList:
        request = attachments_pb2.ListAttachmentsRequest(session_id=note.id, after=file_id)
        return await practice.attachments.ListAttachments(request, practice.call)

    first = await part_after(str(BEGINNING))
    # One before the place where the caller is, and the one at it.
    for file in files[:2]:
        await practice.detach(file)
    second = await part_after(first.items[-1].id)
    await practice.attach(note, content, "new.jpg")
    third = await part_after(second.items[-1].id)

    listed = [file.file_name for part in (first, second, third) for file in part.items]
    assert listed == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "new.jpg"]
    assert [file.file_name for file in await practice.files(note)] == ["2.jpg", "3.jpg", "4.jpg", "new.jpg"]
