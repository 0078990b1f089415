"""A version is the whole signed content, is signed, and whatever is changed, missing or in another order is found."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis import base64url
from chassis.auth.tokens import read_past_keys, read_service_keys, thumbprint
from chassis.db.transaction import Transaction
from chassis.errors import Conflict
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from clinical.sessions import canonical, mapping, rules, signing, store, verifying
from clinical.sessions.signing import VersionSigner
from clinical.signatures.rfc8785 import time_text

from .conftest import MONDAY


class Forger:
    """A superuser of the database who also has the workspace's keys, and not the key that versions are signed with."""

    def __init__(self, practice, note):
        self.practice, self.note = practice, note
        self.clinical = practice.environment.runtime("clinical")

    async def run(self, sql, *arguments):
        async with self.practice.environment.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            return await db.fetch(sql, *arguments)

    async def rows(self):
        found = await self.run("SELECT * FROM clinical.session_versions WHERE session_id = $1 ORDER BY version_number", UUID(self.note.id))
        return [dict(row) for row in found]

    async def reseal(self, number, change):
        """Changes a version and seals it again. `change` gets the row and the message."""
        keys = await self.clinical.keys.of(self.practice.workspace_id)
        row = (await self.rows())[number - 1]
        version = mapping.version_from_row(row, keys)
        change(row, version)
        async with self.clinical.background(self.practice.workspace_id) as work:
            row["sealed"] = mapping.VERSIONS.seal(version, keys, row, work)
            work.records.clear()
        await self.run(
            "UPDATE clinical.session_versions SET sealed = $2, version_number = $3, created_by_user_id = $4, created_at = $5 WHERE id = $1",
            row["id"], row["sealed"], row["version_number"], row["created_by_user_id"], row["created_at"],
        )  # fmt: skip

    async def reseal_note(self, change):
        keys = await self.clinical.keys.of(self.practice.workspace_id)
        (row,) = await self.run("SELECT * FROM clinical.sessions WHERE id = $1", UUID(self.note.id))
        row = dict(row)
        note = mapping.NOTES.open(row, keys, into=pb.Session())
        change(row, note)
        async with self.clinical.background(self.practice.workspace_id) as work:
            sealed = mapping.NOTES.seal(note, keys, row, work)
            work.records.clear()
        await self.run(
            "UPDATE clinical.sessions SET sealed = $2, session_date = $3, signed_versions = $4, amendment_count = $5 WHERE id = $1",
            row["id"], sealed, row["session_date"], row["signed_versions"], row["amendment_count"],
        )  # fmt: skip

    async def found(self):
        verification = await self.practice.verify(self.note)
        return verification.intact, verification.first_break


@pytest.fixture
async def note(practice):
    """A note with three signed versions."""
    note = await practice.finalize(await practice.write(plan="rest", duration_minutes=50))
    await practice.save(note, reason="more", plan="walk")
    return (await practice.save(note, reason="moved", session_date=MONDAY - timedelta(days=1))).session


@pytest.fixture
async def forger(practice, note):
    forger = Forger(practice, note)
    assert await forger.found() == (True, 0)
    return forger


# --- the whole content


async def test_an_amendment_of_the_date_alone_is_a_version_that_tells_it(practice, note):
    newest, before, first = await practice.versions(note)

    assert (newest.kind, newest.reason, newest.duration_minutes) == (pb.VERSION_KIND_AMENDED, "moved", 50)
    assert (to_datetime(newest.session_date), to_datetime(before.session_date)) == (MONDAY - timedelta(days=1), MONDAY)
    assert (first.kind, before.kind) == (pb.VERSION_KIND_FINALIZED, pb.VERSION_KIND_AMENDED)


@pytest.mark.parametrize(
    "change",
    [
        {"subjective": "slept"},
        {"objective": "pale"},
        {"assessment": "tired"},
        {"plan": None},
        {"duration_minutes": 45},
        {"duration_minutes": None},
    ],
)
async def test_an_amendment_of_any_one_field_alone_is_a_version_that_tells_it(practice, note, change):
    newest, *before = await practice.versions((await practice.save(note, reason="one more", **change)).session)
    ((name, value),) = change.items()

    assert (newest.version_number, len(before)) == (4, 3)
    assert (getattr(newest, name) if newest.HasField(name) else None) == value
    assert (getattr(before[0], name) if before[0].HasField(name) else None) != value
    assert newest.content_hash != before[0].content_hash == newest.previous_hash
    assert (await practice.verify(note)).intact


async def test_versions_are_a_chain_whose_head_is_the_notes_hash(practice, note):
    newest, before, first = await practice.versions(note)

    assert (await practice.get(note.id)).content_hash == note.content_hash == newest.content_hash
    assert (newest.previous_hash, before.previous_hash, first.HasField("previous_hash")) == (before.content_hash, first.content_hash, False)
    assert await practice.verify(note) == pb.Verification(intact=True, versions=3)


async def test_anybody_verifies_a_version_from_what_the_api_tells(practice, note):
    """As the documentation of the canonical form says, with nothing of ours but the public key."""
    (version, *_) = await practice.versions(note)
    content = {
        "form": 1, "workspace_id": note.workspace_id, "session_id": note.id, "client_id": note.client_id,
        "author_user_id": note.created_by_user_id, "signed_by_user_id": version.created_by_user_id,
        "signed_at": time_text(to_datetime(version.created_at)), "version_number": 3, "kind": "amended", "reason": "moved",
        "previous_hash": version.previous_hash, "session_date": "2026-03-01T09:00:00.000000Z", "duration_minutes": 50,
        "subjective": "sleeps badly", "objective": None, "assessment": None, "plan": "walk",
    }  # fmt: skip
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert canonical.canonical(content) == written
    assert canonical.content_hash(content) == version.content_hash

    key = read_service_keys(practice.environment.runtime("clinical").settings.service_keys_dir)["clinical"]
    assert thumbprint(key) == version.key_id
    key.verify(base64url.decode(version.signature), b"caseload session version v1\n" + version.content_hash.encode())


@pytest.mark.parametrize(
    "same",
    [
        {"plan": "Grüße\nan alle"},
        {"plan": "Gru\u0308ße\r\nan alle"},
        {"objective": None},
        {"objective": ""},
        {"session_date": MONDAY, "duration_minutes": None},
        {},
    ],
)
async def test_a_save_that_changes_nothing_makes_no_version(practice, same):
    draft = await practice.write(plan="Grüße\nan alle")
    assert (await practice.save(draft, seen=draft.version, **same)).session == draft
    note = await practice.finalize(draft)

    assert (await practice.save(note, seen=note.version, **same)).session == note
    assert (await practice.autosave(note, **same)).session == note
    assert await practice.get(note.id) == note
    assert len(await practice.versions(note)) == 1


async def test_what_is_typed_and_typed_back_is_given_up_by_a_save_that_changes_nothing(practice, note):
    await practice.autosave(note, plan="run")
    saved = (await practice.save(note, seen=note.version, plan="walk")).session
    assert saved == await practice.get(note.id) == note
    assert len(await practice.versions(note)) == 3


# --- what is found


@pytest.mark.parametrize(
    "change",
    [
        "sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1)",
        "created_by_user_id = gen_random_uuid()",
        "created_at = created_at - interval '1 day'",
        "version_number = version_number + 7",
        (
            "sealed = (SELECT sealed FROM clinical.session_versions AS other WHERE other.session_id = session_versions.session_id"
            " AND other.version_number = 3)"
        ),
    ],
)
async def test_a_version_that_was_changed_is_found(forger, change):
    await forger.run(f"UPDATE clinical.session_versions SET {change} WHERE session_id = $1 AND version_number = 2", UUID(forger.note.id))
    assert await forger.found() == (False, 2)


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_version_that_is_missing_is_found(forger, number):
    await forger.run("DELETE FROM clinical.session_versions WHERE session_id = $1 AND version_number = $2", UUID(forger.note.id), number)
    assert await forger.found() == (False, number)


async def test_versions_in_another_order_are_found(forger):
    swap = "UPDATE clinical.session_versions SET version_number = {} WHERE session_id = $1 AND version_number = {}"
    for new, old in ((9, 1), (1, 2), (2, 9)):
        await forger.run(swap.format(new, old), UUID(forger.note.id))
    assert await forger.found() == (False, 1)


def _text(row, version):
    version.plan = "nothing"


def _text_and_hash(row, version):
    version.plan = "nothing"
    version.content_hash = "0" * 64


def _another_signer(row, version):
    row["created_by_user_id"] = UUID(int=7)


def _another_time(row, version):
    row["created_at"] -= timedelta(days=1)


def _another_date(row, version):
    version.session_date.CopyFrom(to_timestamp(MONDAY - timedelta(days=9)))


def _another_duration(row, version):
    version.duration_minutes = 480


def _another_reason(row, version):
    version.reason = "none of your business"


def _another_kind(row, version):
    version.kind = pb.VERSION_KIND_REFINALIZED


def _no_signature(row, version):
    version.ClearField("signature")


def _no_previous(row, version):
    version.ClearField("previous_hash")


def _another_number(row, version):
    row["version_number"] = 4


@pytest.mark.parametrize(
    "change",
    [
        _text, _text_and_hash, _another_signer, _another_time, _another_date, _another_duration, _another_reason, _another_kind,
        _no_signature, _no_previous, _another_number,
    ],
)  # fmt: skip
async def test_what_is_sealed_again_with_the_workspaces_keys_is_found(forger, change):
    await forger.reseal(2, change)
    assert await forger.found() == (False, 2)


async def test_a_whole_history_that_is_written_anew_is_found_without_the_signing_key(practice, forger):
    """Every version, its hash and the note's: only the signature cannot be made."""
    own = Ed25519PrivateKey.generate()
    previous = None

    def rewrite(row, version):
        nonlocal previous
        version.subjective = "sleeps well"
        if previous:
            version.previous_hash = previous
        previous = version.content_hash = signing.hash_of(version, forger.note, forger.note.client_id)
        version.signature = base64url.encode(own.sign(canonical.signed_message(previous)))

    for number in (1, 2, 3):
        await forger.reseal(number, rewrite)

    def follow(row, note):
        note.subjective, note.content_hash = "sleeps well", previous

    await forger.reseal_note(follow)
    assert (await practice.get(forger.note.id)).subjective == "sleeps well"
    assert await forger.found() == (False, 1)


async def test_a_note_that_is_not_as_it_was_signed_is_found(forger):
    def change(row, note):
        row["session_date"] -= timedelta(days=9)

    await forger.reseal_note(change)
    assert await forger.found() == (False, 3)


async def test_a_newest_version_that_somebody_takes_away_with_its_count_is_found(forger):
    def change(row, note):
        row["signed_versions"] = 2

    await forger.run("DELETE FROM clinical.session_versions WHERE session_id = $1 AND version_number = 3", UUID(forger.note.id))
    await forger.reseal_note(change)
    assert await forger.found() == (False, 2)


async def test_a_version_that_somebody_adds_is_found(forger):
    await forger.run(
        "INSERT INTO clinical.session_versions SELECT workspace_id, gen_random_uuid(), session_id, 4, sealed, created_by_user_id, created_at"
        " FROM clinical.session_versions WHERE session_id = $1 AND version_number = 3",
        UUID(forger.note.id),
    )
    assert await forger.found() == (False, 4)


async def test_a_note_that_does_not_open_is_not_intact(forger):
    await forger.run("UPDATE clinical.sessions SET finalized_by_user_id = gen_random_uuid() WHERE id = $1", UUID(forger.note.id))
    assert await forger.found() == (False, 1)


async def test_a_draft_that_was_signed_before_is_intact_whatever_is_typed_into_it(practice, note):
    draft = await practice.unfinalize(note)
    await practice.autosave(draft, plan="something else")
    assert (await practice.verify(note)).intact
    assert await practice.verify(await practice.write()) == pb.Verification(intact=True)


async def test_a_note_is_signed_so_often_and_no_more_and_what_is_typed_is_kept(practice, note, monkeypatch):
    monkeypatch.setattr(rules, "MOST_VERSIONS", 3)
    with pytest.raises(Conflict) as refused:
        await practice.save(note, reason="again", plan="run")
    assert refused.value.code == "too_many_versions"
    assert (await practice.autosave(note, plan="run")).session.pending_amendment.plan == "run"
    draft = await practice.unfinalize(await practice.get(note.id))
    with pytest.raises(Conflict):
        await practice.finalize(draft)
    assert await practice.verify(note) == pb.Verification(intact=True, versions=3)


async def test_versions_are_verified_some_at_a_time_and_an_amendment_meanwhile_breaks_nothing(practice, note, monkeypatch):
    monkeypatch.setattr(verifying, "_AT_ONCE", 2)
    read, batches, amended = Transaction.all, [], []

    async def while_somebody_amends(tx, stmt, **params):
        rows = await read(tx, stmt, **params)
        if stmt is store.versions_to_verify:
            batches.append(len(rows))
            if not amended:
                amended.append(await practice.save(note, reason="again", plan="run"))
        return rows

    monkeypatch.setattr(Transaction, "all", while_somebody_amends)

    assert await practice.verify(note) == pb.Verification(intact=True, versions=4)
    # The fourth one was there before the second two of the three were read, so all were read again.
    assert batches == [2, 2, 2, 2, 0]


# --- keys and what is from before


async def test_what_an_earlier_key_signed_verifies_when_its_public_key_is_kept(practice, note, tmp_path):
    clinical = practice.environment.runtime("clinical")
    keys = await clinical.keys.of(practice.workspace_id)
    forger = Forger(practice, note)
    (row,) = await forger.run("SELECT * FROM clinical.sessions WHERE id = $1", UUID(note.id))
    today = Ed25519PrivateKey.generate().public_key()

    def pem(key):
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    (tmp_path / "clinical.pub").write_bytes(pem(today))
    without = read_past_keys(tmp_path, "clinical")
    earlier = read_service_keys(clinical.settings.service_keys_dir)["clinical"]
    (tmp_path / "clinical-2026.past").write_bytes(pem(earlier))
    kept = read_past_keys(tmp_path, "clinical")

    assert (len(without), len(kept)) == (1, 2)
    assert read_service_keys(tmp_path).keys() == {"clinical"}
    rows = await forger.rows()

    async def verified(past):
        async def versions():
            for each in rows:
                yield each, None

        return await signing.verify(row, versions(), keys, VersionSigner(clinical.signer, past))

    assert (await verified(kept)).intact
    assert (await verified(without)).first_break == 1


async def _as_before(practice, forger):
    """The note as a release without signatures left it: versions of texts alone, and nothing counted."""

    def bare(row, version):
        for name in ("kind", "session_date", "duration_minutes", "content_hash", "previous_hash", "signature", "key_id"):
            version.ClearField(name)

    for number in (1, 2, 3):
        await forger.reseal(number, bare)
    date = MONDAY - timedelta(days=1)
    await forger.run(
        "UPDATE clinical.session_versions SET session_date_at_upgrade = $2, duration_minutes_at_upgrade = 50 WHERE session_id = $1",
        UUID(forger.note.id), date,
    )  # fmt: skip

    def uncounted(row, note):
        row["signed_versions"] = None
        note.ClearField("content_hash")

    await forger.reseal_note(uncounted)


async def test_versions_from_before_signatures_are_told_as_such_and_held_by_the_next_signature(practice, forger):
    note = forger.note
    await _as_before(practice, forger)

    old = await practice.versions(note)
    assert [(version.kind, version.HasField("signature")) for version in old] == [
        (pb.VERSION_KIND_AMENDED, False),
        (pb.VERSION_KIND_AMENDED, False),
        (pb.VERSION_KIND_FINALIZED, False),
    ]
    assert {to_datetime(version.session_date) for version in old} == {MONDAY - timedelta(days=1)}
    assert [version.previous_hash for version in old] == [old[1].content_hash, old[2].content_hash, ""]
    assert not (await practice.get(note.id)).HasField("content_hash")
    assert await practice.verify(note) == pb.Verification(intact=True, versions=3, unsigned=3)

    amended = (await practice.save(note, reason="again", plan="run")).session

    newest, *before = await practice.versions(note)
    assert (newest.version_number, newest.previous_hash, amended.content_hash) == (4, old[0].content_hash, newest.content_hash)
    assert before == old
    assert await practice.verify(note) == pb.Verification(intact=True, versions=4, unsigned=3)
    await forger.run(
        "UPDATE clinical.session_versions SET session_date_at_upgrade = now() WHERE version_number = 2 AND session_id = $1", UUID(note.id)
    )
    assert await forger.found() == (False, 4)


async def test_a_note_from_before_is_made_a_draft_and_signed_again(practice, forger):
    await _as_before(practice, forger)
    await practice.unfinalize(forger.note)
    signed = await practice.finalize(forger.note)
    assert (await practice.versions(signed))[0].version_number == 4
    assert await practice.verify(signed) == pb.Verification(intact=True, versions=4, unsigned=3)
