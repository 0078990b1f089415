"""One client's journey through every service, over HTTP alone, in both compositions."""

import io
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from PIL import ExifTags, Image

from gateway.settings import GatewaySettings

# The reminder rule is one hour; the appointment begins so much later than that, so the mail is due in a moment.
SECONDS_UNTIL_DUE = 4


@pytest.fixture
def api(installation):
    with httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30) as client:
        yield client


def photograph():
    """A JPEG that says where it was taken."""
    image = Image.effect_noise((320, 200), 40).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Canary Cameras"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (52.0, 31.0, 12.0)})
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    taken = file.getvalue()
    assert Image.open(io.BytesIO(taken)).getexif().get_ifd(ExifTags.IFD.GPSInfo), "the photograph has to know its place"
    return taken


def text(moment):
    return moment.isoformat().replace("+00:00", "Z")


def sign_in_by_link(api, installation, email, eventually):
    """Asks for a link, reads it from the caught mail, and follows it."""
    before = len(installation.mail())
    unknown = api.post("/auth/magic-link", json={"email": "nobody@example.com"})
    known = api.post("/auth/magic-link", json={"email": email})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()), "who exists is nobody's business"

    mail = eventually(
        lambda: next(
            (
                mail
                for mail in installation.mail()[: len(installation.mail()) - before]
                # An invitation may arrive meanwhile.
                if mail["to"] == [email] and "/auth/verify?token=" in mail["text"]
            ),
            None,
        )
    )
    link = re.search(rf"{re.escape(installation.gateway_url)}/auth/verify\?token=([\w.~-]+)", mail["text"])
    assert link, mail["text"]
    signed_in = api.post("/auth/verify", json={"token": link[1]})
    assert signed_in.status_code == 200, signed_in.text
    assert api.post("/auth/verify", json={"token": link[1]}).status_code == 401, "a link works once"
    assert not any(mail["to"] == ["nobody@example.com"] for mail in installation.mail())

    api.cookies.clear()
    api.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"


def made(reply, status=201):
    assert reply.status_code == status, reply.text
    return reply.json()


def test_one_clients_journey_through_every_service(api, installation, eventually):
    # The hospital: the calendar of the practice belongs to the README.
    sign_in_by_link(api, installation, "admin@example.com", eventually)
    answer = api.get("/auth/me")
    me = made(answer, 200)
    assert answer.headers["ratelimit-limit"] == str(GatewaySettings.model_fields["reads_per_minute"].default), "the limits as shipped"

    # A client.
    for rule in made(api.get("/reminders/configurations"), 200)["items"]:
        assert api.delete(f"/reminders/configurations/{rule['id']}").status_code == 204
    made(api.post("/reminders/configurations", json={"hours_before": 1, "channel": "email"}))
    address = f"ada.{installation.composition}@example.com"
    client = made(api.post("/clients", json={"first_name": "Ada", "last_name": "Winterbourne", "email": address, "tags": ["knee"]}))

    # An appointment, and one that cannot be beside it.
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1, seconds=SECONDS_UNTIL_DUE)
    booking = {
        "client_id": client["id"],
        "scheduled_start": text(start),
        "scheduled_end": text(start + timedelta(minutes=50)),
        "location_type": "clinic",
    }
    appointment = made(api.post("/appointments", json=booking))
    assert appointment["practitioner_id"] == me["id"]
    overlapping = booking | {
        "scheduled_start": text(start + timedelta(minutes=30)),
        "scheduled_end": text(start + timedelta(minutes=80)),
    }
    refused = api.post("/appointments", json=overlapping)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "appointment_conflict"
    (named,) = refused.json()["conflicting_appointments"]
    assert (named["id"], named["client_initials"]) == (appointment["id"], "A.W.")
    assert made(api.get("/appointments", params={"client_id": client["id"]}), 200)["total"] == 1

    # The reminder, when it is due and not before.
    reminder = eventually(lambda: next((mail for mail in installation.mail() if mail["to"] == [address]), None), seconds=60)
    received = datetime.fromisoformat(reminder["received_at"])
    assert received >= start - timedelta(hours=1)
    (logged,) = eventually(
        lambda: [
            log
            for log in made(api.get("/reminders/logs", params={"appointment_id": appointment["id"]}), 200)["items"]
            if log["status"] == "sent"
        ]
    )
    assert (logged["client_id"], logged["hours_before"]) == (client["id"], 1)

    # A note that saves itself from two tabs.
    note = made(api.post("/sessions", json={"client_id": client["id"], "appointment_id": appointment["id"]}))
    seen = api.get(f"/sessions/{note['id']}").headers["etag"]
    first_tab = api.patch(f"/sessions/{note['id']}/draft", json={"subjective": "Sleeps better."}, headers={"If-Match": seen})
    assert first_tab.status_code == 200, first_tab.text
    second_tab = api.patch(f"/sessions/{note['id']}/draft", json={"subjective": "Sleeps worse."}, headers={"If-Match": seen})
    assert second_tab.status_code == 412, second_tab.text
    copy = made(api.get(f"/sessions/{second_tab.json()['conflict_session_id']}"), 200)
    assert copy["subjective"] == "Sleeps worse."
    assert copy["is_draft"]
    kept = made(api.get(f"/sessions/{note['id']}"), 200)
    assert kept["subjective"] == "Sleeps better."

    # A tablet that was offline: a note of its own, and words for the note that was written in the browser meanwhile.
    written = {"client_id": client["id"], "created_at_client": text(start - timedelta(hours=3))}
    queue = [
        {**written, "client_session_id": "tablet 1", "subjective": "Walks again."},
        {**written, "client_session_id": note["id"], "base_version": 1, "plan": "Stairs."},
    ]
    first, again = (made(api.post("/sessions/sync", json={"sessions": queue}), 200)["results"] for _ in range(2))
    assert [result["status"] for result in (*first, *again)] == ["created", "conflict", "unchanged", "conflict"]
    assert [result["server_session_id"] for result in first] == [result["server_session_id"] for result in again]
    late = made(api.get(f"/sessions/{first[1]['conflict_session_id']}"), 200)
    # The copy of the second tab, which was of the same version.
    assert (late["id"], late["subjective"], late["plan"]) == (copy["id"], "Sleeps worse.", "Stairs.")

    # A photograph, without the place it was taken at.
    taken = photograph()
    attachment = made(api.post(f"/sessions/{note['id']}/attachments", files={"file": ("knee left.jpg", taken, "image/jpeg")}))
    ready = f"/sessions/{note['id']}/attachments/{attachment['id']}"
    eventually(lambda: made(api.get(ready), 200)["status"] == "ready")
    download = made(api.get(f"{ready}/download"), 200)
    assert download["expires_in_seconds"] == 900
    assert "knee" not in download["download_url"]
    fetched = httpx.get(download["download_url"])
    assert fetched.status_code == 200, fetched.text
    assert fetched.headers["content-disposition"].startswith("inline")
    returned = Image.open(io.BytesIO(fetched.content))
    assert returned.format == "JPEG"
    assert returned.size == (320, 200)
    assert not returned.getexif()
    assert b"Canary Cameras" in taken
    assert b"Canary Cameras" not in fetched.content

    # A plan of care, with a milestone that is achieved and a score that was measured in this session.
    plan = made(
        api.post("/plans", json={"client_id": client["id"], "title": "Stairs again", "diagnosis_code": "m23.2", "goals": ["Stairs"]})
    )
    assert (plan["diagnosis_code"], plan["status"]) == ("M23.2", "active")
    milestones = f"/plans/{plan['id']}/milestones"
    ten, hundred = (made(api.post(milestones, json={"title": title})) for title in ("Ten steps", "A hundred steps"))
    ordered = made(api.put(f"{milestones}/order", json={"milestone_ids": [hundred["id"], ten["id"]]}), 200)
    assert [(item["title"], item["position"]) for item in ordered["items"]] == [("A hundred steps", 0), ("Ten steps", 1)]
    achieved = made(api.put(f"{milestones}/{ten['id']}", json={"status": "achieved"}), 200)
    assert achieved["achieved_at"]
    score = made(api.post(f"/plans/{plan['id']}/measures", json={"name": "Pain", "value": 3, "session_id": note["id"]}))
    assert made(api.get(f"/plans/{plan['id']}/measures"), 200)["items"] == [score]
    assert made(api.put(f"/plans/{plan['id']}", json={"status": "completed"}), 200)["version"] == 2

    # Signed, and told in order.
    finalized = made(api.post(f"/sessions/{note['id']}/finalize"), 200)
    assert (finalized["status"], finalized["is_draft"], finalized["attachment_count"]) == ("finalized", False, 1)
    timeline = made(api.get(f"/clients/{client['id']}/timeline"), 200)
    told = [(event["event_type"], event["appointment_id"], event["session_id"]) for event in timeline["events"]]
    assert ("appointment_scheduled", appointment["id"], None) in told
    assert any(kind == "session_finalized" and session == note["id"] for kind, _, session in told)
    of_plan = [(event["event_type"], event["milestone_id"]) for event in timeline["events"] if event["plan_id"] == plan["id"]]
    assert of_plan == [("plan_completed", None), ("milestone_achieved", ten["id"]), ("plan_created", None)]
    dates = [event["event_date"] for event in timeline["events"]]
    assert dates == sorted(dates, reverse=True)
    assert timeline["total_events"] == len(told)
    first_page = made(api.get(f"/clients/{client['id']}/timeline", params={"limit": 1}), 200)
    second_page = made(api.get(f"/clients/{client['id']}/timeline", params={"limit": 1, "cursor": first_page["next_cursor"]}), 200)
    assert first_page["events"] + second_page["events"] == timeline["events"][:2]

    # Signed by somebody whom she supervises, and co-signed.
    trainee = f"nora.{installation.composition}@example.com"
    made(api.post("/users", json={"email": trainee, "full_name": "Nora Quist", "role": "doctor", "supervisor_id": me["id"]}))
    with httpx.Client(base_url=api.base_url, timeout=30) as supervised:
        sign_in_by_link(supervised, installation, trainee, eventually)
        written = {"client_id": client["id"], "session_date": text(datetime.now(UTC)), "plan": "Ten steps."}
        of_trainee = made(supervised.post("/sessions", json=written))
        waiting = made(supervised.post(f"/sessions/{of_trainee['id']}/finalize"), 200)
        assert waiting["cosign_status"] == "pending"
        assert supervised.post(f"/sessions/{of_trainee['id']}/cosign").json()["code"] == "own_note"
        assert [item["id"] for item in made(api.get("/sessions/cosign-queue"), 200)["items"]] == [of_trainee["id"]]
        cosigned = made(api.post(f"/sessions/{of_trainee['id']}/cosign", json={"content_hash": waiting["content_hash"]}), 200)
        assert (cosigned["cosign_status"], cosigned["cosigned_by_user_id"]) == ("cosigned", me["id"])
        assert made(supervised.get(f"/sessions/{of_trainee['id']}"), 200) == cosigned
    assert made(api.get(f"/sessions/{of_trainee['id']}/verify"), 200)["intact"]

    # Every step of it on record, reads included.
    steps = {
        ("Client", "CREATE", client["id"], "success"),
        ("Appointment", "CREATE", appointment["id"], "success"),
        ("Appointment", "READ", appointment["id"], "success"),
        ("Session", "CREATE", note["id"], "success"),
        ("Session", "READ", note["id"], "success"),
        ("Session", "UPDATE", note["id"], "success"),
        ("Session", "READ", copy["id"], "success"),
        ("Session", "UPDATE", of_trainee["id"], "failure"),
        ("PlanOfCare", "CREATE", plan["id"], "success"),
        ("PlanOfCare", "UPDATE", plan["id"], "success"),
        ("SessionAttachment", "CREATE", attachment["id"], "success"),
        ("SessionAttachment", "READ", attachment["id"], "success"),
    }

    def recorded():
        lines = []
        page = 1
        while True:
            found = made(api.get("/audit-events", params={"page": page, "page_size": 100}), 200)
            lines += found["items"]
            if page >= found["total_pages"]:
                return {(line["resource_type"], line["action"], line["resource_id"], line["outcome"]) for line in lines}
            page += 1

    eventually(lambda: steps <= recorded())
    verified = made(api.get("/audit/verify"), 200)
    assert verified["intact"]
    assert verified["events"] >= len(steps)
    assert verified["first_break"] is None

    everything = made(api.get("/audit-events", params={"page_size": 100}), 200)
    assert "Winterbourne" not in str(everything)
    assert "Stairs again" not in str(everything)
