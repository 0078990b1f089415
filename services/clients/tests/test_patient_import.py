"""Patients from a db.json: each whole, none twice, all compared with the file."""

import json

import pytest

from caseload.clients.v1 import patients_pb2 as pb
from caseload.clients.v1.patients_rpc import PatientsStub
from chassis.rpc.client.attempts import InternalFault
from clients.patients import db_file, rules


def record(number, **but):
    written = {
        "id": number,
        "patientID": f"P{number}",
        "name": "Ada  King Lovelace",
        "age": 36,
        "gender": "fEMALE",
        "medicalCondition": "Asthma\n",
        "lastVisit": "2026-11-02",
    }
    return {name: value for name, value in (written | but).items() if value is not ...}


@pytest.fixture
def bring(practice):
    runtime = practice.environment.runtime("clients")

    async def imported(*records):
        return await db_file.import_records(runtime, practice.workspace_id, db_file.read(json.dumps({"patients": records, "other": 1})))

    return imported


async def listed(practice):
    reply = await practice.environment.stub(PatientsStub).ListPatients(pb.ListPatientsRequest(), practice.call)
    return [json.loads(item.record) for item in reply.items]


async def test_every_record_is_there_as_the_file_has_it_and_a_second_import_adds_none(practice, bring):
    records = [record(7), record("a b"), record("3"), record(..., patientID="without an id"), record(2)]
    first = await bring(*records)
    assert (first.imported, first.skipped, first.failed, first.differing, first.stored) == ([1, 2, 3, 4, 5], [], {}, [], 5)
    assert first.is_complete
    there = await listed(practice)
    assert there == [*records[:3], record(8, patientID="without an id"), record(2)]
    assert [type(each["id"]) for each in there] == [int, str, str, int, int]

    again = await bring(*records)
    assert (again.imported, again.skipped, again.stored, again.is_complete) == ([], [1, 2, 3, 4, 5], 5, True)
    assert await listed(practice) == there


async def test_what_cannot_be_imported_is_told_and_keeps_no_other_from_being_imported(practice, bring):
    half = record(6, name="Ada \ud800")
    report = await bring(
        record(1),
        "no record",
        record(2, age=0, gender="x"),
        record(3, patientID="P1"),
        record(1, patientID="P9"),
        half,
        record(4, lastVisit=...),
        record(5, id=[1]),
    )
    assert report.imported == [1]
    identity = (
        f"must be a whole number from 1 to {rules.LARGEST_ID}, or a text of 100 characters or fewer without slashes and control characters"
    )
    assert report.failed == {
        2: "is no object",
        3: "/age must be a whole number above 0; /gender must be Male, Female, Other or Unknown",
        4: "/patientID is in use",
        5: "/id is in use",
        6: "holds half a character",
        7: "/lastVisit is required",
        8: f"/id {identity}",
    }
    assert not report.is_complete
    assert (report.stored, report.differing) == (1, [])
    assert await listed(practice) == [record(1)]


async def test_an_import_says_who_was_changed_since_and_leaves_them_as_they_are(practice, bring):
    await bring(record(1), record(2))
    (client,) = [item for item in (await practice.page()).items if item.external_id == "P2"]
    await practice.update(client.id, gender="Other")
    report = await bring(record(1), record(2), record(3))
    assert (report.imported, report.skipped, report.differing, report.stored) == ([3], [1, 2], [2], 3)
    assert not report.is_complete
    assert [each["gender"] for each in await listed(practice)] == ["fEMALE", "Other", "fEMALE"]


async def test_a_client_who_has_the_patient_id_is_not_made_a_patient(practice, bring):
    await practice.create(external_id="P1")
    assert (await bring(record(1))).failed == {1: "/patientID is in use"}
    assert (await bring(record(..., patientID="P1"))).failed == {1: "/patientID is in use"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"patients": {}}', '{"patients": [{"age": NaN}]}', "[" * 100_000])
def test_a_file_that_is_no_db_json_is_refused(text):
    with pytest.raises(db_file.UnreadableFile):
        db_file.read(text)


def test_whole_numbers_are_whole_however_they_are_written():
    assert db_file.read('{"patients": [{"age": 34.0}, {"age": 1e1}, {"age": 1.5}]}') == [{"age": 34}, {"age": 10}, {"age": 1.5}]


async def test_a_patient_who_was_exchanged_or_put_back_in_the_database_is_shown_to_nobody(practice, replica, bring):
    """What tests-e2e/test_sealed_rows.py does with what every installation shows; patients are shown where a door was opened for them."""
    await bring(record(1), record(2))
    # An instance that has opened none of them yet.
    there = practice.through(replica)
    stub = replica.stub(PatientsStub)
    read = "SELECT client_id, sealed FROM clients.patients WHERE workspace_id = $1 ORDER BY position"
    write = "UPDATE clients.patients SET sealed = $1 WHERE workspace_id = $2 AND client_id = $3"

    async def is_refused():
        for asked in (
            stub.GetPatient(pb.GetPatientRequest(patient_id="1"), there.call),
            stub.ListPatients(pb.ListPatientsRequest(), there.call),
        ):
            with pytest.raises(InternalFault):
                await asked

    async with practice.environment.superuser() as db:
        (one, sealed), (_, sealed_of_other) = await db.fetch(read, practice.workspace_id)
        await db.execute(write, sealed_of_other, practice.workspace_id, one)
        await is_refused()
        await db.execute(write, sealed[:-1] + bytes([sealed[-1] ^ 1]), practice.workspace_id, one)
        await is_refused()
        # Another workspace's, of the same place.
        foreign = await practice.environment.runtime("clients").keys.of(practice.environment.workspace())
        forged = foreign.seal_bytes(b"", table="patients", row=one, revision=1)
        await db.execute(write, forged, practice.workspace_id, one)
        await is_refused()
        await db.execute(write, sealed, practice.workspace_id, one)
    assert await listed(there) == [record(1), record(2)]
