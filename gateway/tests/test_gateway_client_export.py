"""Everything that is held on a client as one archive, checked as somebody checks it who has nothing else."""

import base64
import io
import json
from hashlib import sha256
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.options.v1 import options_pb2
from caseload_verify.client_archive import verify_archive
from caseload_verify.keys import Keys
from caseload_verify.report import Report
from chassis.client_archive.contents import ClientContents
from chassis.storage.base import new_key
from clinical.client_attachments import rules

API = "/api/v1"
PASSWORD = "correct horse battery"
HEBREW = "הכאב בברך שמאל"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


async def exported(practice, client_id):
    reply = await practice.http.get(f"{API}/clients/{client_id}/export")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/zip"), reply.text
    assert reply.headers["content-disposition"] == f'attachment; filename="client-{client_id}.zip"'
    archive = ZipFile(io.BytesIO(reply.content))
    assert archive.testzip() is None
    report = Report()
    verify_archive(archive, Keys(), report)
    assert report.findings == []
    return archive


def in_time(text):
    """As the canonical form writes a time."""
    head, _, rest = text.removesuffix("Z").partition(".")
    return f"{head}.{rest:0<6}Z"


def check_note(found, keys):
    """What docs/client-export.md says about verifying a note, with the standard library and Ed25519."""
    note, previous = found["note"], None
    for version in found["versions"]:
        signed = {
            name: version[name]
            for name in ("assessment", "duration_minutes", "kind", "objective", "plan", "reason", "subjective", "version_number")
        }
        signed |= {
            "author_user_id": note["created_by_user_id"],
            "client_id": note["client_id"],
            "form": 1,
            "previous_hash": previous,
            "session_date": in_time(version["session_date"]),
            "session_id": note["id"],
            "signed_at": in_time(version["created_at"]),
            "signed_by_user_id": version["created_by_user_id"],
            "workspace_id": note["workspace_id"],
        }
        canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert version["previous_hash"] == previous
        assert sha256(canonical).hexdigest() == version["content_hash"]
        signature = base64.urlsafe_b64decode(version["signature"] + "==")
        keys[version["key_id"]].verify(signature, b"caseload session version v1\n" + version["content_hash"].encode())
        previous = version["content_hash"]
    return len(found["versions"])


def check_notes(archive, note_id, deleted_id):
    def told(name):
        return json.loads(archive.read(name))

    keys = {
        key["key_id"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["public_key"] + "=="))
        for key in told("signing-keys.json")["keys"]
    }
    assert check_note(told(f"notes/{note_id}.json"), keys) == 2
    assert check_note(told(f"notes/{deleted_id}.json"), keys) == 0
    assert told(f"notes/{deleted_id}.json")["note"]["deleted_at"]
    text = archive.read(f"notes/{note_id}.txt").decode()
    assert f"Subjective:\n{HEBREW}\n" in text
    assert "Version 1: finalized" in text
    assert archive.read("notes/notes-1.pdf").startswith(b"%PDF-")
    assert sum(name.startswith("notes/") for name in archive.namelist()) == 5
    assert all(
        "Somebody else's" not in archive.read(name).decode(errors="ignore") for name in archive.namelist() if name.startswith("notes/")
    )


async def test_an_archive_has_all_that_is_held_and_can_be_checked_without_us(gateway, practice, monkeypatch):
    client = await practice.add_client(medical_history="Asthma", tags=["knee"])
    other = await practice.add_client()
    client_id = client["id"]
    appointment = await practice.booked(client_id)
    consent = (await practice.http.post(f"{API}/clients/{client_id}/consents", json={"purpose": "export", "text_version": "v1"})).json()
    note = await practice.write_note(client_id, subjective=HEBREW, plan="Walks.\r\n\r\nEvery day 膝 😀", duration_minutes=50)
    assert (await practice.http.post(f"{API}/sessions/{note['id']}/finalize")).status_code == 200
    amended = await practice.http.put(f"{API}/sessions/{note['id']}", json={"plan": "Rest.", "assessment": None})
    assert amended.status_code == 200, amended.text
    deleted = await practice.write_note(client_id)
    assert (await practice.http.delete(f"{API}/sessions/{deleted['id']}")).status_code == 204
    plan = (await practice.http.post(f"{API}/plans", json={"client_id": client_id, "title": "Walk again"})).json()
    measure = (await practice.http.post(f"{API}/plans/{plan['id']}/measures", json={"name": "Pain", "value": 3})).json()
    files = [
        (await practice.http.post(f"{API}/{path}/attachments", files={"file": (name, picture(), "image/png")})).json()
        for path, name in (
            (f"clients/{client_id}", "scan.png"),
            (f"sessions/{note['id']}", "scan.png"),
            (f"clients/{client_id}", "../nul.png"),
        )
    ]
    await practice.write_note(other["id"], subjective="Somebody else's")
    monkeypatch.setattr(rules, "LARGEST_PIECE", 20)

    archive = await exported(practice, client_id)

    names = archive.namelist()
    assert len(set(names)) == len(names)
    manifest = json.loads(archive.read("manifest.json"))
    assert names[-1] == "manifest.json"
    assert [entry["name"] for entry in manifest["entries"]] == names[:-1]
    for entry in manifest["entries"]:
        content = archive.read(entry["name"])
        assert (len(content), sha256(content).hexdigest()) == (entry["size"], entry["sha256"])
    assert (manifest["format"], manifest["format_version"]) == ("caseload client export", 1)
    assert (manifest["client_id"], manifest["workspace_id"]) == (client_id, client["workspace_id"])

    def told(name):
        return json.loads(archive.read(name))

    assert told("client.json") == (await practice.http.get(f"{API}/clients/{client_id}")).json()
    assert told("consents.json") == {"consents": [consent]}
    (booked,) = told("appointments.json")["appointments"]
    assert (booked["id"], booked["notes"]) == (appointment["id"], appointment["notes"])
    timeline = (await practice.http.get(f"{API}/clients/{client_id}/timeline")).json()
    assert told("timeline.json") == {"events": timeline["events"]}
    (planned,) = told("plans.json")["plans"]
    assert (planned["plan"], planned["measures"], planned["milestones"], len(planned["versions"])) == (plan, [measure], [], 1)

    check_notes(archive, note["id"], deleted["id"])
    listed = told("files.json")["files"]
    assert {file["id"]: file["entry"] for file in listed} == {
        files[0]["id"]: "files/scan.png", files[1]["id"]: "files/scan (2).png", files[2]["id"]: "files/_nul.png"
    }  # fmt: skip
    assert {entry: len(archive.read(entry)) for entry in (file["entry"] for file in listed)} == {
        file["entry"]: file["file_size_bytes"] for file in listed
    }
    lines = await gateway.environment.emitted(AuditRecorded, practice.person.workspace_id)
    of_client = [line for line in lines if line.action == options_pb2.ACTION_EXPORT and line.resource == options_pb2.RESOURCE_CLIENT]
    assert [(line.event_type, line.resource_id) for line in of_client] == [("export_client", client_id)]


async def test_what_somebody_waits_for_and_is_reminded_of_is_in_the_archive(gateway, practice):
    client_id, other_id = [(await practice.add_client())["id"] for _ in range(2)]
    assert (await practice.http.post(f"{API}/reminders/configurations", json={"hours_before": 1, "channel": "email"})).status_code == 201
    await practice.booked(client_id)
    await practice.booked(other_id, hour=12)
    window = {"earliest": "2027-03-02T09:00:00Z", "latest": "2027-03-02T17:00:00Z"}
    waiting, _ = [(await practice.http.post(f"{API}/waitlist", json={"client_id": id_, **window})).json() for id_ in (client_id, other_id)]
    await gateway.environment.settle()
    logged = (await practice.http.get(f"{API}/reminders/logs?client_id={client_id}")).json()["items"]
    assert logged

    archive = await exported(practice, client_id)

    (entry,) = json.loads(archive.read("waitlist.json"))["entries"]
    assert (entry["id"], entry["earliest"], entry["status"]) == (waiting["id"], window["earliest"], "waiting")
    reminders = json.loads(archive.read("reminders.json"))["reminders"]
    assert {(each["id"], each["due_at"]) for each in reminders} == {(each["id"], each["due_at"]) for each in logged}


def check_cosignature(note, version, keys):
    """What docs/client-export.md says about verifying a co-signature."""
    attested = version["cosignature"]
    comment = attested["comment"]
    signed = {
        "comment_hash": None if comment is None else sha256(comment.encode()).hexdigest(),
        "content_hash": version["content_hash"],
        "cosigned_at": in_time(attested["created_at"]),
        "cosigned_by_user_id": attested["signed_by_user_id"],
        "decision": attested["decision"],
        "form": 1,
        "role": attested["role"],
        "session_id": note["id"],
        "version_number": version["version_number"],
        "workspace_id": note["workspace_id"],
    }
    canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = base64.urlsafe_b64decode(attested["signature"] + "==")
    keys[attested["key_id"]].verify(signature, b"caseload session cosignature v1\n" + canonical)


async def test_co_signatures_in_an_archive_can_be_checked_without_us(gateway, practice):
    client = await practice.add_client()
    trainee = await gateway.add_user(practice.person.workspace_id, "therapist")
    await practice.http.put(f"{API}/users/{trainee}", json={"supervisor_id": str(practice.person.user_id)})
    async with gateway.colleague(
        practice.person, user_id=trainee, scopes=["sessions:read", "sessions:write", "sessions:sign"]
    ) as supervised:
        written = {"client_id": client["id"], "session_date": "2026-11-02T10:00:00Z", "plan": "Rest."}
        path = f"{API}/sessions/{(await supervised.post(f'{API}/sessions', json=written)).json()['id']}"
        assert (await supervised.post(f"{path}/finalize")).status_code == 200
        assert (await practice.http.post(f"{path}/return", json={"comment": "Which knee? Größe 膝"})).status_code == 200
        assert (await supervised.put(path, json={"objective": "The left one.", "reason": "Asked."})).status_code == 200
    assert (await practice.http.post(f"{path}/cosign")).status_code == 200

    archive = await exported(practice, client["id"])
    keys = {
        key["key_id"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["public_key"] + "=="))
        for key in json.loads(archive.read("signing-keys.json"))["keys"]
    }
    found = json.loads(archive.read(f"notes/{path.rpartition('/')[2]}.json"))
    assert check_note(found, keys) == 2
    assert [version["cosignature"]["decision"] for version in found["versions"]] == ["returned", "cosigned"]
    for version in found["versions"]:
        check_cosignature(found["note"], version, keys)
    forged = {**found["versions"][0], "cosignature": {**found["versions"][0]["cosignature"], "comment": "Fine."}}
    with pytest.raises(InvalidSignature):
        check_cosignature(found["note"], forged, keys)


async def test_many_notes_are_each_in_the_archive_once(practice, monkeypatch):
    monkeypatch.setattr("chassis.client_archive.contents._PAGE_SIZE", 2)
    client = await practice.add_client()
    notes = {(await practice.write_note(client["id"]))["id"] for _ in range(5)}

    names = (await exported(practice, client["id"])).namelist()

    assert {name[6:-5] for name in names if name.startswith("notes/") and name.endswith(".json")} == notes
    assert [name for name in names if name.endswith(".pdf")] == ["notes/notes-1.pdf", "notes/notes-2.pdf", "notes/notes-3.pdf"]


async def test_nobody_elses_client_is_exported_and_not_by_everybody(gateway, practice, elsewhere, check_problem):
    theirs, mine = await elsewhere.add_client(), await practice.add_client()
    check_problem(await practice.http.get(f"{API}/clients/{theirs['id']}/export"), 404, "not_found")
    check_problem(await practice.http.get(f"{API}/clients/{uuid4()}/export"), 404, "not_found")
    for lacking in ("clients:export", "clients:phi", "sessions:read", "plans:read", "appointments:read", "clients:read", "reminders:read"):
        scopes = {"clients:export", "clients:read", "clients:phi", "appointments:read", "sessions:read", "plans:read", "reminders:read"} - {
            lacking
        }
        async with gateway.colleague(practice.person, scope=" ".join(scopes)) as http:
            check_problem(await http.get(f"{API}/clients/{mine['id']}/export"), 403, "permission_denied")

    lines = await gateway.environment.emitted(AuditRecorded, practice.person.workspace_id)
    assert not [line for line in lines if line.event_type == "export_client" and line.resource_id == mine["id"]]


async def test_what_is_deleted_while_it_is_exported_is_left_out_and_named_and_the_rest_is_there(practice, monkeypatch):
    client = await practice.add_client()
    path = f"{API}/clients/{client['id']}/attachments"
    ids = [(await practice.http.post(path, files={"file": (f"{n}.png", picture(), "image/png")})).json()["id"] for n in range(5)]
    whole = ClientContents._whole

    async def and_one_is_deleted(contents, name, ask, message):
        found = await whole(contents, name, ask, message)
        if name == "items":
            assert (await practice.http.delete(f"{path}/{ids[1]}")).status_code == 204
        return found

    monkeypatch.setattr(ClientContents, "_whole", and_one_is_deleted)
    archive = await exported(practice, client["id"])

    names = archive.namelist()
    assert [name for name in names if name.startswith("files/")] == [f"files/{n}.png" for n in (0, 2, 3, 4)]
    assert names[-2:] == ["missing-files.txt", "manifest.json"]
    assert archive.read("missing-files.txt").decode().splitlines()[2:] == ["files/1.png"]


async def test_files_that_the_store_has_lost_or_cut_off_keep_nobody_from_the_rest(gateway, practice, monkeypatch):
    client = await practice.add_client()
    path = f"{API}/clients/{client['id']}/attachments"
    names = ("a.png", "b.png", "c.png")
    lost, cut, kept = [(await practice.http.post(path, files={"file": (name, picture(), "image/png")})).json() for name in names]
    await gateway.environment.runtime("clinical").blobs.delete(new_key(practice.person.workspace_id, UUID(lost["id"])))
    (stored,) = (gateway.environment.folder / "blobs").glob(f"*/{cut['id']}")
    stored.write_bytes(picture()[:20])
    monkeypatch.setattr(rules, "LARGEST_PIECE", 8)

    archive = await exported(practice, client["id"])

    assert [name for name in archive.namelist() if name.startswith("files/")] == ["files/c.png"]
    told = {file["id"]: file["entry"] for file in json.loads(archive.read("files.json"))["files"]}
    assert told == {lost["id"]: "files/a.png", cut["id"]: "files/b.png", kept["id"]: "files/c.png"}
    assert archive.namelist()[-2:] == ["missing-files.txt", "manifest.json"]
    assert archive.read("missing-files.txt").decode().splitlines()[2:] == ["files/a.png", "files/b.png"]


async def test_the_rules_of_recurring_appointments_are_taken_along(practice):
    client = await practice.add_client()
    rule = {"rrule": "FREQ=WEEKLY;COUNT=3", "first_start": "2027-05-03T08:00:00Z", "duration_minutes": 30, "time_zone": "Europe/Berlin"}
    made = await practice.http.post(f"{API}/series", json={**rule, "client_id": client["id"], "location_type": "clinic"})
    assert made.status_code == 201, made.text
    await practice.booked(client["id"])

    archive = await exported(practice, client["id"])

    (told,) = json.loads(archive.read("series.json"))["series"]
    assert told == {"id": made.json()["id"], **rule}
    booked = json.loads(archive.read("appointments.json"))["appointments"]
    assert sorted(str(each["series_id"]) for each in booked) == sorted(["None", *[told["id"]] * 3])
    nobodys = await exported(practice, (await practice.add_client())["id"])
    assert json.loads(nobodys.read("series.json")) == {"series": []}


async def test_a_browser_begins_with_a_new_access_token(gateway, practice):
    client = await practice.add_client()
    async with gateway.anonymous() as browser:
        signed_in = await browser.post(f"{API}/auth/login", json={"email": practice.person.email, "password": PASSWORD})
        reply = await browser.get(f"{API}/clients/{client['id']}/export")

    assert reply.status_code == 200
    assert reply.cookies["access_token"] not in {"", signed_in.json()["access_token"]}
    assert ZipFile(io.BytesIO(reply.content)).namelist()[-1] == "manifest.json"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\u202e", "\ud7ff"])
def test_a_pdf_is_made_of_any_text(character):
    from chassis.client_archive.note_pdf import is_right_to_left, render_pdf
    from chassis.client_archive.note_text import Block

    made = render_pdf([[Block("Note", is_heading=True), Block(f"{character}{HEBREW}\t1\n{'x' * 500}\n\n{character}")], []])
    assert made.startswith(b"%PDF-")
    assert (is_right_to_left(f"1. {HEBREW} a"), is_right_to_left(f"a {HEBREW}"), is_right_to_left("1.")) == (True, False, False)
