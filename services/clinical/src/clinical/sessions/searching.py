"""Lists of the notes that a search text finds: by the index of the workspace, or by opening all notes of one client or appointment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import Page
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_search import lookup
from clinical.note_search import rules as search_rules
from clinical.note_search import store as search_store
from clinical.note_search.notes import text
from clinical.note_search.pace import Pace
from clinical.note_search.rules import Search
from clinical.sessions import lists, mapping

# Notes of one client that are read at a time.
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Results:
    notes: Sequence[pb.Session]
    total: int
    is_complete: bool


async def in_workspace(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    search: Search,
    window: Page,
    *,
    statuses: Collection[str],
    with_deleted: bool,
    hidden: Collection[UUID],
) -> Results:
    """What the index finds beside the hidden notes. A note that says something else by now, or is gone, is left out of the page."""
    search_rules.check_depth(window.offset + window.limit)
    filters = lookup.Filters(statuses, with_deleted, frozenset(hidden))
    found = await lookup.find(search, filters, work.db, keys, limit=window.limit, offset=window.offset, now=work.now)
    rows = {row["id"]: row for row in await work.db.all(search_store.notes, ids=list(found.ids))} if found.ids else {}
    pace = Pace()
    notes = []
    for note_id in found.ids:
        row = rows.get(note_id)
        if row is not None and lookup.is_wanted(row, filters, now=work.now):
            note = mapping.from_row(row, keys)
            if search.finds(text(note)):
                notes.append(note)
        await pace()
    return Results(notes, found.total, found.is_complete)


async def among(
    work: UnitOfWork, keys: WorkspaceKeys, search: Search, window: Page, filters: lists.Filters, values: Mapping[str, Any]
) -> Results:
    """What is found among the notes of a list that is short enough to open all of it.

    Each read goes on after the last note of the one before, and a note that was given an earlier date meanwhile is not taken twice.
    """
    notes: list[pb.Session] = []
    total = 0
    pace = Pace()
    seen: set[UUID] = set()
    rows = await work.db.all(lists.page_after(filters, is_first=True), limit=_READ_AT_ONCE, **values)
    while rows:
        pace.start()
        for row in (row for row in rows if row["id"] not in seen):
            seen.add(row["id"])
            note = mapping.from_row(row, keys)
            if search.finds(text(note)):
                if window.offset <= total < window.offset + window.limit:
                    notes.append(note)
                total += 1
            await pace()
        if len(rows) < _READ_AT_ONCE:
            break
        after = {"after_date": rows[-1]["session_date"], "after_id": rows[-1]["id"]}
        rows = await work.db.all(lists.page_after(filters, is_first=False), limit=_READ_AT_ONCE, **after, **values)
    return Results(notes, total, is_complete=True)
