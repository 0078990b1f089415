"""Makes a note of an item, saves it in the note it is for, or keeps it in conflict copies of that one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import copies, drafts, mapping
from clinical.sessions import rules as notes
from clinical.sessions import store as note_store
from clinical.sync import rules, store
from clinical.sync.items import Item


@dataclass(slots=True)
class Effect:
    """What became of an item: what its receipt keeps."""

    session_id: UUID
    status: str
    # The version of the note that says what the device's does; None where no version does.
    version: int | None = None
    # The version that the item made of the note, also where the rest of its text is elsewhere.
    made_version: int | None = None
    conflict_session_id: str | None = None
    # The copies that have that rest, in its order.
    part_ids: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


class Taking:
    """One item on its way. The caller holds locks on what the device calls the note by, and on the client's row.

    `slot` is the appointment's, None where it is gone; `device` tells the receipts of this device and note from all others.
    """

    def __init__(
        self, work: UnitOfWork, keys: WorkspaceKeys, item: Item, slot: appointments_pb2.Slot | None, device: Mapping[str, Any]
    ) -> None:
        self._work = work
        self._keys = keys
        self._item = item
        self._slot = slot
        self._device = device
        self._first, *self._rest = rules.in_parts(item.content)

    async def take(self) -> Effect:
        known = await self._known()
        note_id = known or rules.note_id(self._item.client_session_id)
        if note_id is None:
            return await self._create()
        row = await self._work.db.maybe(note_store.lock_with_deleted, id=note_id)
        if row is not None:
            rules.check_same_client(self._item.client_id, row["client_id"])
            return await self._save(row)
        if known or await self._work.db.maybe(note_store.is_erased, id=note_id) is not None:
            return await self._keep_of_erased(note_id)
        return await self._create()

    async def _known(self) -> UUID | None:
        """The note that the device, or one of the user's before the last sign-in, has called so."""
        row = await self._work.db.maybe(store.known, **self._device)
        if row is not None:
            found: UUID = row["session_id"]
            return found
        name = {key: self._device[key] for key in ("user_id", "note_key")}
        rows = await self._work.db.all(store.known_elsewhere, client_id=self._item.client_id, **name)
        return rules.known_before(self._item.base_version, [(row["session_id"], row["version"]) for row in rows])

    async def _create(self) -> Effect:
        flags = []
        note = sessions_pb2.Session(id=str(uuid7()), client_id=self._item.client_id)
        if self._slot is not None:
            locked = await self._work.db.one(note_store.lock_appointment, appointment_id=self._slot.appointment_id)
            if locked["deleted_at"] is not None:
                flags.append(rules.APPOINTMENT_GONE)
            elif (
                written := await self._work.db.maybe(note_store.lock_of_appointment, appointment_id=self._slot.appointment_id)
            ) is not None:
                return await self._save(written, begins=True)
            else:
                note.appointment_id = self._slot.appointment_id
        mapping.apply(note, {"session_date": self._date, **self._first})
        row = await drafts.create(self._work, self._keys, note)
        effect = Effect(row["id"], "created", row["version"], row["version"], flags=flags)
        return await self._keep_rest(effect, note)

    async def _save(self, row: Record, *, begins: bool = False) -> Effect:
        """Saves the item in the note of a locked row. `begins`: the device meant to begin the note of the appointment."""
        note = mapping.from_row(row, self._keys)
        present = mapping.values(note)
        changes = notes.real_changes(self._first, present)
        is_deleted = row["deleted_at"] is not None
        base = self._item.base_version
        is_fresh = base is not None and notes.seen_version(base, row["version"], row["detached_version"]) == row["version"]
        fate = rules.fate(
            changes,
            present,
            is_draft=note.is_draft and not is_deleted,
            is_fresh=is_fresh,
            own=None if begins or is_fresh else await self._order(row),
        )
        effect = Effect(row["id"], fate.value)
        if fate is rules.Fate.SAVED:
            saved = await drafts.save(self._work, self._keys, row, note, changes)
            effect.version = effect.made_version = saved["version"]
        elif fate is rules.Fate.COPIED:
            effect.conflict_session_id = await copies.keep(self._work, self._keys, note, changes, base or 0)
            effect.flags.append(rules.why_copied(row["status"], is_deleted=is_deleted, is_new=begins))
        elif changes:
            effect.flags.append(rules.NOTE_SAYS_MORE)
        elif is_fresh or rules.says_the_same(self._item.texts, present):
            effect.version = row["version"]
        if is_deleted:
            effect.version = None
            effect.flags.append(rules.SESSION_DELETED)
        return await self._keep_rest(effect, note)

    async def _keep_of_erased(self, note_id: UUID) -> Effect:
        """Keeps the text in a copy of the note, of which nothing is left but its id."""
        note = sessions_pb2.Session(id=str(note_id), workspace_id=str(self._work.workspace_id), client_id=self._item.client_id)
        note.session_date.CopyFrom(to_timestamp(self._date))
        effect = Effect(note_id, "unchanged", flags=[rules.SESSION_ERASED])
        if changes := notes.real_changes(self._first, mapping.values(note)):
            effect.status = "conflict"
            effect.conflict_session_id = await copies.keep(self._work, self._keys, note, changes, self._item.base_version or 0)
        return await self._keep_rest(effect, note)

    async def _keep_rest(self, effect: Effect, note: sessions_pb2.Session) -> Effect:
        """Keeps what is too long for the note in copies of it. No version says then what the device's does."""
        if self._rest:
            effect.part_ids = await copies.keep_rest(self._work, self._keys, note, self._rest, self._item.base_version or 0)
            effect.conflict_session_id = effect.conflict_session_id or effect.part_ids[0]
            effect.status, effect.version = "conflict", None
            effect.flags.append(rules.TEXT_SPLIT)
        return effect

    async def _order(self, row: Record) -> rules.Order | None:
        """The item's place among those of the device that made the note's versions since its base.

        By the note's own id every device calls it, so the sign-in tells which items are this device's; by the device's own id its
        items are known in any sign-in.
        """
        base = self._item.base_version or 0
        any_sign_in = rules.note_id(self._item.client_session_id) != row["id"]
        rows = await self._work.db.all(store.versions_made, session_id=row["id"], base=base, any_sign_in=any_sign_in, **self._device)
        made = {each["made_version"]: each["written_at"] for each in rows}
        return rules.own_order(base, row["version"], self._item.created_at, made)

    @property
    def _date(self) -> datetime:
        """The date of a new note: as the device says, else that of the appointment, else when it was written."""
        if self._item.session_date is not None:
            return self._item.session_date
        return self._item.created_at if self._slot is None else to_datetime(self._slot.starts_at)
