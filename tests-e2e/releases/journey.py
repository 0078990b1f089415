"""An installation that people have used, and what its API says about what they left there."""

import hashlib

import httpx

from standalone.selftest.operations import now, text, times
from standalone.selftest.worlds import furnish

OWNER, HEAD, PASSWORD = "owner@example.com", "admin@example.com", "caseload-demo"
# Fields that change without anybody changing the record: links that expire, the last sign-in, and what depends on the present time.
FLEETING = {"download_url", "expires_at", "last_login_at", "next_appointment"}
# What is said otherwise on purpose, by field: what earlier releases said, and what is said now.
# Lists that were not asked for appointment figures said 0, which read as "no appointments".
OTHERWISE = {"appointment_count": (0, None)}
PATIENT = {
    "first_name": "Wilhelmina",
    "last_name": "Ørsted-Nguyễn",
    "email": "wilhelmina@example.org",
    "phone": "+45 32 12 34 56",
    "date_of_birth": "1951-02-28",
    "address": "Havnegade 1\n1058 København",
    "medical_history": "Left knee replaced in 2024.",
    "emergency_contact_name": "Søren Ørsted",
    "emergency_contact_phone": "+45 32 12 34 57",
    "consent_status": True,
    "notes": "Prefers mornings.",
    "tags": ["knee", "post-op"],
    "gender": "female",
    "time_zone": "Europe/Copenhagen",
    "external_id": "CPR-280251",
}


def sign_in(installation, stack, email=OWNER):
    """A client under the API's root that carries the access token of somebody signed in; closed with the stack."""
    client = stack.enter_context(httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30))
    reply = client.post("/auth/login", json={"email": email, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    bearer = stack.enter_context(httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30))
    bearer.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    bearer.user = reply.json()["user"]
    return bearer


def use(installation, sign_in):
    """Makes one of everything, once with an idempotency key, and takes some of it away; the ids of what is left, by name."""
    api = sign_in(installation)
    api.headers["Idempotency-Key"] = "once"
    assert api.patch("/workspaces/current", json={"phone": "+44 20 7946 0000"}).status_code == 200
    del api.headers["Idempotency-Key"]
    ids = furnish(api, lambda: sign_in(installation))
    for status in ("no_show", "scheduled"):
        assert api.put(f"/appointments/{ids['appointment_id']}", json={"status": status}).status_code == 200
    assert api.delete(f"/clients/{ids['resource_id']}/permanent").status_code == 204
    assert api.delete(f"/auth/sessions/{ids['sign_in_id']}").status_code == 204
    anybody = httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30)
    assert anybody.post("/auth/magic-link", json={"email": OWNER}).status_code == 200
    assert anybody.post("/auth/login", json={"email": OWNER, "password": "wrong"}).status_code == 401
    anybody.close()
    return ids


def treat(api):
    """A patient with every field filled in, visits that were booked, moved and called off, and a note signed and amended; the paths of it all."""

    def asked(method, path, key=None, **request):
        reply = api.request(method, path, headers={"Idempotency-Key": key or f"{method} {path}"}, **request)
        assert reply.is_success, (path, reply.text)
        return reply.json()

    client = asked("POST", "/clients", json=PATIENT)["id"]
    place = asked("POST", "/locations", json={"name": "Ward 3", "location_type": "clinic", "address": "Level 2", "details": "Ring twice."})[
        "id"
    ]
    offer = {
        "name": "Physiotherapy",
        "default_duration_minutes": 20,
        "buffer_after_minutes": 10,
        "price_minor_units": 9500,
        "currency": "DKK",
    }
    service = asked("POST", "/services", json=offer)["id"]
    booking = {"client_id": client, "location_type": "clinic", "location_id": place, "service_id": service, "notes": "Bring the X-rays."}
    visit, off, gone = (asked("POST", "/appointments", key, json=booking | times())["id"] for key in ("visit", "off", "gone"))
    asked("PUT", f"/appointments/{visit}", json=times())
    asked("PUT", f"/appointments/{off}", json={"status": "cancelled"})
    deleted = api.request("DELETE", f"/appointments/{gone}", json={"reason": "Entered twice."})
    assert deleted.status_code == 204, deleted.text
    soap = {"subjective": "Less pain.", "objective": "Flexion 110°.", "assessment": "Recovers well.", "plan": "Stairs from next week."}
    note = asked("POST", "/sessions", json={"client_id": client, "session_date": text(now()), "duration_minutes": 45} | soap)["id"]
    asked("PUT", f"/sessions/{note}", json={"plan": "Stairs from tomorrow."})
    asked("POST", f"/sessions/{note}/finalize")
    asked("PUT", f"/sessions/{note}", "amended", json={"objective": "Flexion 120°.", "reason": "Misread."})
    return [
        f"/clients/{client}",
        "/clients?search=ørsted",
        "/clients?tag=knee",
        f"/clients/{client}/timeline",
        f"/locations/{place}",
        f"/services/{service}",
        f"/appointments/{visit}",
        f"/appointments/{off}",
        f"/sessions/{note}",
        f"/sessions/{note}/versions",
    ]


def questions(ids):
    """What is asked about the things with these ids."""
    client, note = ids["client_id"], ids["session_id"]
    return [
        "/auth/me",
        f"/users/{ids['user_id']}",
        "/workspaces/current",
        f"/clients/{client}",
        "/clients?search=Lated",
        f"/clients/{client}/timeline",
        f"/appointments/{ids['appointment_id']}",
        f"/services/{ids['service_id']}",
        f"/locations/{ids['location_id']}",
        f"/sessions/{note}",
        f"/sessions?client_id={client}",
        f"/sessions/{note}/attachments",
        "/reminders/configurations",
        f"/audit-events?resource_id={client}&action=CREATE",
    ]


def answers(api, paths):
    """What the API says, by path, and the digest of each file that an attachment leads to."""
    said = {}
    for path in paths:
        reply = api.get(path)
        assert reply.status_code == 200, (path, reply.text)
        said[path] = reply.json()
        if path.endswith("/attachments"):
            for attachment in said[path]["items"]:
                file = httpx.get(api.get(f"{path}/{attachment['id']}/download").json()["download_url"], timeout=30)
                assert file.status_code == 200, file.text
                said[f"{path}/{attachment['id']}/download"] = hashlib.sha256(file.content).hexdigest()
    return said


def lost(before, after, where=""):
    """Where something that was said is said no longer, or otherwise; what is said beyond it does not count."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in before
            if key not in FLEETING and OTHERWISE.get(key) != (before[key], after.get(key))
            for line in lost(before[key], after.get(key), f"{where}.{key}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [line for number, pair in enumerate(zip(before, after, strict=True)) for line in lost(*pair, f"{where}[{number}]")]
    return [] if before == after else [f"{where}: {before!r} became {after!r}"]
