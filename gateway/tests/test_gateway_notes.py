"""Session notes over HTTP: no text is lost, and files lose their metadata."""

import asyncio
import io
from urllib.parse import urlsplit

import pytest
from PIL import Image
from uuid_utils.compat import uuid7

from chassis.errors import Invalid
from gateway.api.attachments.form import base_name
from gateway.api.if_match import expected_version

FIELDS = {
    "id", "workspace_id", "client_id", "appointment_id", "created_by_user_id", "subjective", "objective", "assessment", "plan",
    "session_date", "duration_minutes", "status", "is_draft", "draft_last_saved_at", "finalized_at", "finalized_by_user_id", "amended_at",
    "amendment_count", "attachment_count", "version", "deleted_at", "deleted_reason", "deleted_by_user_id", "permanent_delete_after",
    "created_at", "updated_at", "pending_amendment", "conflict_of", "content_hash", "unfinalized_reason", "template_id",
    "cosign_status", "cosign_due_at", "cosigned_by_user_id", "cosigned_at", "cosign_comment",
}  # fmt: skip


def jpeg_with_gps() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "taken at home"
    written = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.fixture
async def note(practice):
    return await practice.write_note((await practice.add_client())["id"])


@pytest.fixture
async def path(note):
    return f"/api/v1/sessions/{note['id']}"


async def test_a_note_is_returned_with_all_fields_and_its_version_as_etag(practice, note, path):
    reply = await practice.http.get(path)

    assert note.keys() == FIELDS
    assert reply.json() == note
    assert reply.headers["etag"] == f'"{note["version"]}"'
    assert (note["status"], note["is_draft"], note["subjective"], note["objective"]) == ("draft", True, "Slept badly.", None)


async def test_a_stale_autosave_is_kept_as_a_draft_that_the_412_names(practice, note, path, check_problem):
    seen = {"If-Match": f'"{note["version"]}"'}
    first = await practice.http.patch(f"{path}/draft", json={"plan": "Rest."}, headers=seen)
    assert first.status_code == 200

    late = await practice.http.patch(f"{path}/draft", json={"plan": "Run."}, headers=seen)

    problem = check_problem(late, 412, "stale_version")
    assert problem["current_version"] == first.json()["version"]
    assert late.headers["etag"] == first.headers["etag"]
    kept = (await practice.http.get(f"/api/v1/sessions/{problem['conflict_session_id']}")).json()
    assert (kept["plan"], kept["is_draft"]) == ("Run.", True)
    assert (await practice.http.get(path)).json()["plan"] == "Rest."


async def test_a_stale_put_is_kept_as_a_draft_as_well(practice, note, path, check_problem):
    await practice.http.put(path, json={"plan": "Rest."})

    problem = check_problem(await practice.http.put(path, json={"plan": "Run."}, headers={"If-Match": "1"}), 412, "stale_version")

    assert problem["conflict_session_id"]


@pytest.mark.parametrize("header", ['"{}"', "{}", 'W/"{}"', "*"])
async def test_a_save_with_the_current_version_succeeds(practice, note, path, header: str):
    reply = await practice.http.put(path, json={"plan": "Rest."}, headers={"If-Match": header.format(note["version"])})

    assert (reply.status_code, reply.json()["plan"]) == (200, "Rest.")
    assert reply.headers["etag"] == f'"{reply.json()["version"]}"'


@pytest.mark.parametrize("header", ["", '"a"', '"1", "2"', '"1', "-1", "1" * 19])
def test_a_header_that_names_no_version_is_refused(header: str):
    with pytest.raises(Invalid) as refused:
        expected_version(header)

    assert refused.value.code == "invalid_if_match"


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_signed_note_is_amended_with_a_reason_and_keeps_its_versions(practice, note, path, method: str):
    signed = (await practice.http.request(method, f"{path}/finalize")).json()
    assert (signed["status"], signed["is_draft"], bool(signed["finalized_at"])) == ("finalized", False, True)

    workspace = await practice.http.patch("/api/v1/workspaces/current", json={"settings": {"amendment_reason_required": True}})
    unreasoned = await practice.http.put(path, json={"plan": "Rest."})
    amended = await practice.http.put(path, json={"plan": "Rest.", "reason": "A slip of the pen."})
    versions = (await practice.http.get(f"{path}/versions")).json()["versions"]
    latest = await practice.http.get(f"/api/v1/sessions/clients/{note['client_id']}/latest-finalized")

    assert (workspace.status_code, unreasoned.status_code) == (200, 422)
    assert (amended.status_code, amended.json()["amendment_count"]) == (200, 1)
    assert [(version["version_number"], version["plan"], version["reason"]) for version in versions] == [
        (2, "Rest.", "A slip of the pen."),
        (1, None, None),
    ]
    assert latest.json() == amended.json()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_is_typed_into_a_signed_note_is_kept_until_it_becomes_an_amendment(gateway, practice, path, check_problem, method: str):
    signed = (await practice.http.post(f"{path}/finalize")).json()
    unchanged = await practice.http.patch(f"{path}/draft", json={"subjective": signed["subjective"]}, headers={"If-Match": "2"})
    typed = await practice.http.patch(f"{path}/draft", json={"plan": "Rest."}, headers={"If-Match": "2"})
    again = await practice.http.get(path)
    async with gateway.colleague(practice.person, user_id=uuid7()) as colleague:
        others = (await colleague.get(path)).json()
    versions = (await practice.http.get(f"{path}/versions")).json()["versions"]

    assert (unchanged.status_code, unchanged.json()) == (200, signed)
    assert (typed.status_code, typed.headers["etag"], typed.json()) == (200, '"2"', again.json())
    saved_at = typed.json()["pending_amendment"].pop("saved_at")
    assert saved_at.endswith("Z")
    assert typed.json()["pending_amendment"] | {"saved_at": saved_at} == {
        "subjective": signed["subjective"],
        "objective": None,
        "assessment": None,
        "plan": "Rest.",
        "session_date": signed["session_date"],
        "duration_minutes": None,
        "base_version": 2,
        "saved_at": saved_at,
    }
    assert (others["pending_amendment"], len(versions)) == (None, 1)

    # A practice needs no reason, unless it says so.
    amended = (await practice.http.request(method, f"{path}/finalize")).json()

    assert (amended["plan"], amended["pending_amendment"], amended["amendment_count"]) == ("Rest.", None, 1)
    versions = (await practice.http.get(f"{path}/versions")).json()["versions"]
    assert [(version["plan"], version["reason"]) for version in versions] == [("Rest.", None), (None, None)]
    check_problem(await practice.http.request(method, f"{path}/finalize"), 409, "session_finalized")


async def test_an_autosave_hands_out_no_version_that_its_author_has_not_read(gateway, practice, path, check_problem):
    await practice.http.post(f"{path}/finalize")
    await practice.http.patch(f"{path}/draft", json={"plan": "Rest."}, headers={"If-Match": "2"})
    async with gateway.colleague(practice.person, user_id=uuid7()) as colleague:
        assert (await colleague.put(path, json={"plan": "Swim."})).headers["etag"] == '"3"'

    typed = await practice.http.patch(f"{path}/draft", json={"plan": "Rest a week."}, headers={"If-Match": "3"})

    assert (typed.status_code, typed.json()["pending_amendment"]["base_version"]) == (200, 2)
    assert "etag" not in typed.headers
    check_problem(await practice.http.post(f"{path}/finalize"), 412, "stale_version")
    read = await practice.http.get(path)
    assert (read.headers["etag"], read.json()["plan"]) == ('"3"', "Swim.")
    merged = await practice.http.put(path, json={"plan": "Swim, then rest."}, headers={"If-Match": read.headers["etag"]})
    assert (merged.json()["plan"], merged.json()["pending_amendment"]) == ("Swim, then rest.", None)


async def test_versions_are_those_that_were_signed(practice, path):
    assert (await practice.http.get(f"{path}/versions")).json() == {"versions": []}
    await practice.http.patch(f"{path}/draft", json={"plan": "Rest."})
    assert (await practice.http.get(f"{path}/versions")).json() == {"versions": []}
    await practice.http.post(f"{path}/finalize")

    (signed,) = (await practice.http.get(f"{path}/versions")).json()["versions"]

    assert (signed["version_number"], signed["plan"]) == (1, "Rest.")


async def test_the_setting_about_reasons_is_true_or_false(practice, check_problem):
    reply = await practice.http.patch("/api/v1/workspaces/current", json={"settings": {"amendment_reason_required": "yes"}})

    assert check_problem(reply, 422, "workspace_invalid")["errors"][0]["pointer"] == "/settings/amendment_reason_required"


async def test_all_versions_are_sent_newest_first_however_many(practice, path, monkeypatch):
    monkeypatch.setattr("chassis.paging.ROWS_IN_A_PART", 3)
    await practice.http.post(f"{path}/finalize")
    for number in range(7):
        await practice.http.put(path, json={"plan": f"Plan {number}.", "reason": "A second thought."})

    reply = await practice.http.get(f"{path}/versions")

    assert reply.headers["content-type"] == "application/json"
    assert reply.json().keys() == {"versions"}
    assert [version["version_number"] for version in reply.json()["versions"]] == [8, 7, 6, 5, 4, 3, 2, 1]


async def test_all_files_are_listed_however_many(practice, path, monkeypatch):
    monkeypatch.setattr("chassis.paging.ROWS_IN_A_PART", 2)
    names = [f"{number}.jpg" for number in range(5)]
    for name in names:
        await practice.http.post(f"{path}/attachments", files={"file": (name, jpeg_with_gps(), "image/jpeg")})

    listed = (await practice.http.get(f"{path}/attachments")).json()

    assert listed.keys() == {"items", "total"}
    assert ([item["file_name"] for item in listed["items"]], listed["total"]) == (names, 5)


async def test_notes_are_listed_by_client_and_state_newest_first(practice, note):
    newer = await practice.write_note(note["client_id"], session_date="2026-11-09T10:00:00Z")
    other = await practice.write_note((await practice.add_client())["id"])
    await practice.http.post(f"/api/v1/sessions/{newer['id']}/finalize")

    async def found(query: str) -> list[str]:
        return [item["id"] for item in (await practice.http.get(f"/api/v1/sessions?{query}")).json()["items"]]

    assert await found(f"client_id={note['client_id']}") == [newer["id"], note["id"]]
    assert await found("status=finalized") == [newer["id"]]
    assert set(await found("is_draft=true")) == {note["id"], other["id"]}


async def test_notes_are_listed_by_appointment_by_what_they_are_copies_of_and_with_deleted_ones(practice, note, path):
    appointment = await practice.booked(note["client_id"])
    of_appointment = await practice.write_note(note["client_id"], appointment_id=appointment["id"])
    await practice.http.put(path, json={"plan": "Rest."})
    late = await practice.http.patch(f"{path}/draft", json={"plan": "Run."}, headers={"If-Match": "1"})
    copy_id = late.json()["conflict_session_id"]
    signed = await practice.write_note(note["client_id"])
    await practice.http.post(f"/api/v1/sessions/{signed['id']}/finalize")
    for each in (signed["id"], of_appointment["id"]):
        assert (await practice.http.delete(f"/api/v1/sessions/{each}")).status_code == 204

    for query, found in (
        ("", {note["id"], copy_id}),
        ("include_deleted=true", {note["id"], copy_id, signed["id"], of_appointment["id"]}),
        ("include_deleted=true&status=finalized", {signed["id"]}),
        ("include_deleted=true&is_draft=false", {signed["id"]}),
        ("status=finalized", set()),
        (f"appointment_id={appointment['id']}", set()),
        (f"appointment_id={appointment['id']}&include_deleted=true", {of_appointment["id"]}),
        (f"conflict_of={note['id']}", {copy_id}),
        ("include_deleted=true&page_size=1&page=5", set()),
    ):
        reply = (await practice.http.get(f"/api/v1/sessions?{query}")).json()
        assert {item["id"] for item in reply["items"]} == found, query
        assert reply["total"] == (len(found) or 4 * ("page=5" in query)), query


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
async def test_a_note_may_be_of_an_appointment_that_is_to_come_or_did_not_take_place(practice, status):
    client = await practice.add_client()
    appointment = await practice.booked(client["id"])
    to_come = await practice.write_note(client["id"], appointment_id=appointment["id"], session_date=None)
    assert to_come["session_date"] == appointment["scheduled_start"]
    other = await practice.booked(client["id"], 11)
    changed = await practice.http.put(f"/api/v1/appointments/{other['id']}", json={"status": status})
    assert (changed.status_code, changed.json()["status"]) == (200, status)
    assert (await practice.write_note(client["id"], appointment_id=other["id"]))["appointment_id"] == other["id"]


async def test_a_note_of_a_deleted_appointment_or_of_another_clients_is_refused(practice, check_problem):
    client, other = await practice.add_client(), await practice.add_client()
    deleted, others = await practice.booked(client["id"]), await practice.booked(other["id"], 11)
    assert (await practice.http.delete(f"/api/v1/appointments/{deleted['id']}")).status_code == 204
    body = {"client_id": client["id"], "session_date": "2026-11-02T10:00:00Z"}

    check_problem(await practice.http.post("/api/v1/sessions", json={**body, "appointment_id": deleted["id"]}), 404, "not_found")
    problem = check_problem(
        await practice.http.post("/api/v1/sessions", json={**body, "appointment_id": others["id"]}), 422, "appointment_of_another_client"
    )
    assert problem["errors"][0]["pointer"] == "/appointment_id"
    assert (await practice.http.get("/api/v1/sessions")).json()["total"] == 0


async def test_an_empty_note_is_kept_and_not_signed(practice, check_problem):
    client = await practice.add_client()
    empty = await practice.write_note(client["id"], subjective=None, plan=" \u200b\ufeff\u00a0\n")
    check_problem(await practice.http.post(f"/api/v1/sessions/{empty['id']}/finalize"), 422, "session_empty")
    assert (await practice.http.get(f"/api/v1/sessions/{empty['id']}")).json() == empty


async def test_a_note_begins_with_a_template_of_the_workspace_or_of_its_author(gateway, practice, check_problem):
    templates, client = "/api/v1/note-templates", await practice.add_client()
    shared = await practice.http.post(templates, json={"name": "First visit", "subjective": "Complains of", "plan": "Rest."})
    own = await practice.http.post(templates, json={"name": "Mine", "objective": "BP", "is_personal": True})
    assert [(reply.status_code, reply.json()["owner_user_id"]) for reply in (shared, own)] == [
        (201, None),
        (201, str(practice.person.user_id)),
    ]
    listed = (await practice.http.get(templates)).json()
    assert (listed["items"], listed["total"]) == ([shared.json(), own.json()], 2)

    async with gateway.colleague(practice.person, user_id=uuid7(), scopes=["sessions:read", "sessions:write"]) as colleague:
        assert (await colleague.get(templates)).json()["items"] == [shared.json()]
        its = f"{templates}/{shared.json()['id']}"
        check_problem(await colleague.put(its, json={"name": "x"}), 403, "permission_denied")
        check_problem(await colleague.delete(f"{templates}/{own.json()['id']}"), 404, "not_found")
        body = {"client_id": client["id"], "session_date": "2026-11-02T10:00:00Z", "template_id": own.json()["id"]}
        check_problem(await colleague.post("/api/v1/sessions", json=body), 404, "not_found")

    begun = await practice.write_note(client["id"], template_id=shared.json()["id"], subjective=None)
    assert (begun["template_id"], begun["subjective"], begun["plan"]) == (shared.json()["id"], "Complains of", "Rest.")
    assert (await practice.http.put(its, json={"plan": None, "is_active": False})).json() | {"updated_at": ""} == shared.json() | {
        "plan": None,
        "is_active": False,
        "updated_at": "",
    }
    check_problem(await practice.http.post("/api/v1/sessions", json={**body, "template_id": shared.json()["id"]}), 404, "not_found")
    assert (await practice.http.delete(its)).status_code == 204
    assert (await practice.http.get(f"/api/v1/sessions/{begun['id']}")).json() == begun


async def test_one_appointment_has_one_note(practice, check_problem):
    client = await practice.add_client()
    appointment = await practice.booked(client["id"])
    note = await practice.write_note(client["id"], appointment_id=appointment["id"], session_date=None)
    assert note["session_date"] == appointment["scheduled_start"]

    again = await practice.http.post("/api/v1/sessions", json={"client_id": client["id"], "appointment_id": appointment["id"]})

    assert check_problem(again, 409, "session_already_exists")["session_id"] == note["id"]


@pytest.mark.parametrize("but", [{"subjective": "x" * 5001}, {"duration_minutes": 481}, {"duration_minutes": -1}, {"session_date": None}])
async def test_an_impossible_note_is_a_422(practice, but: dict[str, object]):
    client = await practice.add_client()
    body = {"client_id": client["id"], "session_date": "2026-11-02T10:00:00Z", **but}

    reply = await practice.http.post("/api/v1/sessions", json=body)

    assert reply.status_code == 422, reply.text


async def test_a_photograph_loses_its_gps_position(gateway, practice, path):
    files = {"file": ("C:\\Users\\ada\\knee left.jpg", jpeg_with_gps(), "image/jpeg")}
    attachment = (await practice.http.post(f"{path}/attachments", files=files)).json()
    assert (attachment["file_name"], attachment["file_type"], attachment["status"]) == ("knee left.jpg", "image/jpeg", "ready")

    listed = (await practice.http.get(f"{path}/attachments")).json()
    one = (await practice.http.get(f"{path}/attachments/{attachment['id']}")).json()
    link = (await practice.http.get(f"{path}/attachments/{attachment['id']}/download?expires_in_minutes=5")).json()
    async with gateway.anonymous() as http:
        file = await http.get(urlsplit(link["download_url"]).path)

    assert listed == {"items": [attachment], "total": 1}
    assert attachment.items() <= one.items()
    assert one["download_url"]
    assert one["expires_at"].endswith("Z")
    assert (link["expires_in_seconds"], link.keys()) == (300, {"download_url", "expires_at", "expires_in_seconds"})
    assert file.headers["content-disposition"] == "inline; filename*=UTF-8''knee%20left.jpg"
    assert file.headers["content-type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(file.content))
    assert (picture.size, dict(picture.getexif())) == ((32, 24), {})
    assert (await practice.http.get(path)).json()["attachment_count"] == 1


@pytest.mark.parametrize(("query", "shown"), [("", True), ("?disposition=inline", True), ("?disposition=attachment", False)])
async def test_a_link_shows_the_file_unless_it_is_asked_to_save_it(gateway, practice, path, query, shown):
    origin = "https://app.example.com"
    files = {"file": ("knee left.jpg", jpeg_with_gps(), "image/jpeg")}
    attachment = (await practice.http.post(f"{path}/attachments", files=files)).json()
    link = (await practice.http.get(f"{path}/attachments/{attachment['id']}/download{query}")).json()

    async with gateway.reconfigured(cors_origins=(origin,)).anonymous(Origin=origin) as http:
        file = await http.get(urlsplit(link["download_url"]).path)

    assert file.headers["content-disposition"] == f"{'inline' if shown else 'attachment'}; filename*=UTF-8''knee%20left.jpg"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["access-control-allow-origin"] == origin
    policy = file.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert policy[-1] == f"frame-ancestors 'self' {origin}"
    assert ("sandbox" in policy) is not shown
    assert "script-src" not in str(policy)
    # It would forbid the frames that the policy allows.
    assert "x-frame-options" not in file.headers


async def test_a_link_that_is_none_of_ours_may_not_be_framed(gateway):
    async with gateway.anonymous() as http:
        assert (await http.get("/files/none-of-ours")).headers["x-frame-options"] == "DENY"


async def test_a_disposition_that_there_is_not_is_a_422(practice, path, check_problem):
    its = f"{path}/attachments/{uuid7()}/download?disposition=frame"

    check_problem(await practice.http.get(its), 422, "validation_failed")


async def test_a_rename_keeps_the_extension_and_takes_no_name_twice(practice, path, check_problem):
    first, second = [
        (await practice.http.post(f"{path}/attachments", files={"file": (name, jpeg_with_gps(), "image/jpeg")})).json()["id"]
        for name in ("a.jpg", "b.jpg")
    ]

    async def rename(attachment_id: str, name: str):
        return await practice.http.patch(f"{path}/attachments/{attachment_id}", json={"file_name": name})

    assert (await rename(first, "knee")).json()["file_name"] == "knee.jpg"
    assert (await rename(first, "Knee.jpg")).json()["file_name"] == "Knee.jpg"
    check_problem(await rename(first, "knee.pdf"), 422, "file_extension_changed")
    check_problem(await rename(second, "KNEE"), 409, "file_name_taken")
    both = await asyncio.gather(rename(first, "same"), rename(second, "same"))
    assert sorted(reply.status_code for reply in both) == [200, 409]


async def test_a_file_is_renamed_and_removed(practice, path, check_problem):
    files = {"file": ("a.jpg", jpeg_with_gps(), "image/jpeg")}
    attachment = (await practice.http.post(f"{path}/attachments", files=files)).json()
    its = f"{path}/attachments/{attachment['id']}"

    renamed = (await practice.http.patch(its, json={"file_name": "b.jpg"})).json()

    assert renamed["file_name"] == "b.jpg"
    assert (await practice.http.delete(its)).status_code == 204
    check_problem(await practice.http.get(its), 404, "not_found")


async def test_a_changed_file_link_is_refused(gateway, check_problem):
    async with gateway.anonymous() as http:
        check_problem(await http.get(f"/files/{'A' * 120}"), 404, "not_found")


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"{}", {"Content-Type": "application/json"}),
        (b"", {}),
        (b"no parts", {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"no boundary", {"Content-Type": "multipart/form-data"}),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
    ],
)
async def test_an_upload_without_a_file_is_a_422(practice, path, content: bytes, headers: dict[str, str]):
    reply = await practice.http.post(f"{path}/attachments", content=content, headers=headers)

    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/file")


async def test_a_file_that_is_neither_image_nor_pdf_is_a_422(practice, path):
    reply = await practice.http.post(f"{path}/attachments", files={"file": ("a.jpg", b"MZ" * 500, "image/jpeg")})

    assert reply.status_code == 422, reply.text


async def test_a_file_over_ten_megabytes_is_refused(practice, path, check_problem):
    big = b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024)
    barely = await practice.http.post(f"{path}/attachments", files={"file": ("a.jpg", big, "image/jpeg")})
    far = await practice.http.post(f"{path}/attachments", files={"file": ("a.jpg", big * 2, "image/jpeg")})

    for reply in (barely, far):
        check_problem(reply, 413, "body_too_large")


async def test_a_note_of_another_workspace_is_not_found(practice, elsewhere, note):
    files = {"file": ("a.jpg", jpeg_with_gps(), "image/jpeg")}
    attachment = (await practice.http.post(f"/api/v1/sessions/{note['id']}/attachments", files=files)).json()
    for session_id, attachment_id in ((note["id"], attachment["id"]), (str(uuid7()), str(uuid7()))):
        path = f"/api/v1/sessions/{session_id}"
        its = f"{path}/attachments/{attachment_id}"
        http = elsewhere.http
        replies = [
            await http.get(path),
            await http.put(path, json={"plan": "x"}),
            await http.patch(f"{path}/draft", json={"plan": "x"}),
            await http.post(f"{path}/finalize"),
            await http.get(f"{path}/versions"),
            await http.get(f"{path}/attachments"),
            await http.post(f"{path}/attachments", files=files),
            await http.get(its),
            await http.get(f"{its}/download"),
            await http.patch(its, json={"file_name": "x"}),
            await http.delete(its),
        ]
        assert [reply.status_code for reply in replies] == [404] * 11, [reply.text for reply in replies]

    assert (await practice.http.get(f"/api/v1/sessions/{note['id']}")).json()["attachment_count"] == 1


@pytest.mark.parametrize("sent", ["", "/", "..\\", "a\tb", "x" * 256])
def test_an_impossible_file_name_is_refused(sent: str):
    with pytest.raises(Invalid):
        base_name(sent)


async def test_a_file_that_arrives_slowly_leaves_its_call_all_its_time(gateway, practice, path):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="knee.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'

    async def slowly():
        yield head + jpeg_with_gps()
        await asyncio.sleep(2.2)
        yield b"\r\n--b--\r\n"

    async with gateway.reconfigured(call_seconds=2.0).colleague(practice.person) as http:
        reply = await http.post(f"{path}/attachments", content=slowly(), headers={"Content-Type": "multipart/form-data; boundary=b"})

    assert reply.status_code == 201, reply.text


async def test_a_note_is_deleted_restored_and_erased(practice, note, path, check_problem):
    deleted = await practice.http.request("DELETE", path, json={"reason": "Wrong client."})
    gone = await practice.http.get(path)
    lists = [(await practice.http.get(f"/api/v1/sessions{query}")).json()["items"] for query in ("", "?include_deleted=true")]
    restored = await practice.http.post(f"{path}/restore")

    assert (deleted.status_code, deleted.content, gone.status_code) == (204, b"", 404)
    assert [[one["id"] for one in found] for found in lists] == [[], [note["id"]]]
    assert (lists[1][0]["deleted_reason"], bool(lists[1][0]["permanent_delete_after"])) == ("Wrong client.", True)
    assert (restored.status_code, restored.json()["deleted_at"], restored.headers["etag"]) == (200, None, f'"{note["version"] + 2}"')

    check_problem(await practice.http.delete(f"{path}/permanent"), 409, "session_not_deleted")
    assert (await practice.http.delete(path)).status_code == 204
    assert (await practice.http.delete(f"{path}/permanent")).status_code == 204
    check_problem(await practice.http.post(f"{path}/restore"), 410, "session_erased")
    assert (await practice.http.get("/api/v1/sessions?include_deleted=true")).json()["items"] == []


async def test_a_signed_note_is_opened_signed_again_and_verified(practice, note, path, check_problem):
    check_problem(await practice.http.post(f"{path}/unfinalize"), 409, "session_not_finalized")
    signed = (await practice.http.post(f"{path}/finalize")).json()
    opened = await practice.http.post(
        f"{path}/unfinalize", json={"reason": "The wrong knee."}, headers={"If-Match": f'"{signed["version"]}"'}
    )
    check_problem(await practice.http.post(f"{path}/finalize", headers={"If-Match": "1"}), 412, "stale_version")
    again = (await practice.http.post(f"{path}/finalize")).json()
    newest, first = (await practice.http.get(f"{path}/versions")).json()["versions"]
    verified = await practice.http.get(f"{path}/verify")

    assert (opened.json()["status"], opened.json()["finalized_at"], opened.json()["unfinalized_reason"]) == (
        "draft",
        None,
        "The wrong knee.",
    )
    assert (newest["version_number"], newest["kind"], newest["reason"], newest["session_date"]) == (
        2,
        "refinalized",
        "The wrong knee.",
        note["session_date"],
    )
    assert (first["kind"], first["previous_hash"]) == ("finalized", None)
    assert newest["previous_hash"] == first["content_hash"] != newest["content_hash"] == again["content_hash"]
    assert verified.json() == {"intact": True, "versions": 2, "first_break": None, "unsigned": 0, "cosignatures": 0}


async def test_the_copy_of_a_late_save_names_its_original(practice, note, path, check_problem):
    await practice.http.put(path, json={"plan": "Rest."})
    ids = {
        check_problem(await practice.http.patch(f"{path}/draft", json={"plan": "Run."}, headers={"If-Match": "1"}), 412, "stale_version")[
            "conflict_session_id"
        ]
        for _ in range(5)
    }

    (copy_id,) = ids
    assert (await practice.http.get(f"/api/v1/sessions/{copy_id}")).json()["conflict_of"] == note["id"]
    assert (await practice.http.get("/api/v1/sessions?is_draft=true")).json()["total"] == 2


async def test_a_session_far_ahead_is_not_signed(practice, path, check_problem):
    assert (await practice.http.put(path, json={"session_date": "2199-01-01T09:00:00Z"})).status_code == 200
    problem = check_problem(await practice.http.post(f"{path}/finalize"), 422, "session_in_future")
    assert problem["errors"][0]["pointer"] == "/session_date"


async def test_what_a_supervisee_signs_is_returned_amended_and_cosigned(gateway, practice, note, path, check_problem):
    person, http, queue = practice.person, practice.http, "/api/v1/sessions/cosign-queue"
    trainee = await gateway.add_user(person.workspace_id, "therapist")
    await http.put(f"/api/v1/users/{trainee}", json={"supervisor_id": str(person.user_id)})
    async with gateway.colleague(person, user_id=trainee, scopes=["sessions:read", "sessions:write", "sessions:sign"]) as supervised:
        written = {"client_id": note["client_id"], "session_date": note["session_date"], "plan": "Rest."}
        path = f"/api/v1/sessions/{(await supervised.post('/api/v1/sessions', json=written)).json()['id']}"
        signed = (await supervised.post(f"{path}/finalize")).json()
        assert (signed["cosign_status"], signed["cosigned_at"]) == ("pending", None)
        assert (await http.get(queue)).json()["items"] == [signed]
        check_problem(await supervised.post(f"{path}/cosign"), 403, "permission_denied")

        check_problem(await http.post(f"{path}/return", json={"comment": " "}), 422, "cosign_comment_required")
        returned = await http.post(f"{path}/return", json={"comment": "Which knee?"}, headers={"If-Match": f'"{signed["version"]}"'})
        assert (returned.status_code, returned.json()["cosign_status"]) == (200, "returned")
        found = [await supervised.get(f"/api/v1/sessions?cosign_status={status}") for status in ("returned", "pending")]
        assert [[item["id"] for item in reply.json()["items"]] for reply in found] == [[signed["id"]], []]
        for status in ("cosigned", "none", "RETURNED", ""):
            check_problem(await supervised.get(f"/api/v1/sessions?cosign_status={status}"), 422, "validation_failed")
        assert returned.headers["etag"] == f'"{signed["version"]}"'
        assert (await supervised.get(path)).json()["cosign_comment"] == "Which knee?"
        amended = (await supervised.put(path, json={"objective": "The left one.", "reason": "Asked."})).json()
        assert amended["cosign_status"] == "pending"

    check_problem(await http.post(f"{path}/cosign", headers={"If-Match": f'"{signed["version"]}"'}), 412, "stale_version")
    stale = check_problem(await http.post(f"{path}/cosign", json={"content_hash": signed["content_hash"]}), 409, "amended_meanwhile")
    assert stale["version_number"] == 2
    cosigned = await http.post(f"{path}/cosign", json={"content_hash": amended["content_hash"]})
    assert (cosigned.json()["cosign_status"], cosigned.json()["cosigned_by_user_id"]) == ("cosigned", str(person.user_id))
    late = check_problem(await http.post(f"{path}/cosign"), 409, "cosign_not_pending")
    assert late["cosign_status"] == "cosigned"
    newest, first = (await http.get(f"{path}/versions")).json()["versions"]
    assert (newest["cosignature"]["decision"], first["cosignature"]["comment"]) == ("cosigned", "Which knee?")
    assert (await http.get(f"{path}/verify")).json() == {
        "intact": True, "versions": 2, "first_break": None, "unsigned": 0, "cosignatures": 2,
    }  # fmt: skip
    assert (await http.get(queue)).json()["total"] == 0
