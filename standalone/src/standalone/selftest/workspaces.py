"""The throw-away workspaces of a self-test: opened by a platform administrator, filled with one of everything, and deleted again."""

import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from identity.passkeys.rules import origin_of
from standalone.selftest.people import Http, Pace, Person
from standalone.selftest.software_authenticator import SoftPasskey
from standalone.selftest.worlds import NotMadeError, add_passkey, expect, furnish

_ROLES = {"practice": "owner", "hospital": "admin"}
_SECONDS_TO_BE_AUDITED = 60.0
_REASON = {"reason": "The self-test that opened it is over."}


class ThrowAways:
    """The workspaces of one run. They are found by its name, so that one whose opening was never answered is deleted too."""

    def __init__(self, url: str, pace: Pace, administrator: Http) -> None:
        self._url, self._pace, self._administrator = url, pace, administrator
        self.run = f"Self-test {secrets.token_hex(8)}"
        self._people: list[Person] = []

    def open(self, kind: str) -> "Workspace":
        """Opens a workspace. Its owner is signed in."""
        owner = {"therapist_email": _address(), "therapist_full_name": "Self Test"}
        body = {"workspace_name": f"{self.run} ({kind})", "kind": kind, **owner}
        opened = expect(self._administrator.post("/platform-admin/invite-therapist", json=body), 201)
        return Workspace(self, kind, opened["invitation_url"])

    def accept(self, invitation_url: str) -> Person:
        """Signs in whoever was invited."""
        http = Http(self._url, self._pace)
        token = parse_qs(urlsplit(invitation_url).query)["token"][0]
        person = Person(self._url, http, expect(http.get("/auth/accept-invite", params={"token": token}), 200))
        self._people.append(person)
        return person

    def sign_in(self, passkey: SoftPasskey, origin: str) -> None:
        """Signs somebody in once more, with a passkey."""
        http = Http(self._url, self._pace)
        options = expect(http.post("/auth/passkeys/sign-in"), 200)
        expect(http.post("/auth/passkeys/sign-in/finish", json={"credential": passkey.sign(options, origin)}), 200)

    def close(self) -> list[str]:
        """Deletes the workspaces. Returns the ids of those that are deleted; raises NotMadeError for one that is not."""
        for person in reversed(self._people):
            _release_holds(person)
        deleted = []
        found = expect(self._administrator.get("/platform-admin/workspaces", params={"search": self.run, "page_size": 100}), 200)
        for workspace in found["workspaces"]:
            reply = self._administrator.request("DELETE", f"/platform-admin/workspaces/{workspace['id']}", json=_REASON)
            deleted.append(str(expect(reply, 200)["id"]))
        return deleted


class Workspace:
    """One throw-away workspace, and where its people's pages are."""

    def __init__(self, run: ThrowAways, kind: str, invitation_url: str) -> None:
        self._run, self._kind = run, kind
        self._origin = origin_of(invitation_url)
        self.owner = run.accept(invitation_url)
        self._is_new = True

    async def furnished(self) -> tuple[Person, dict[str, str]]:
        """An owner of the workspace who has asked for little so far, and the ids of one of everything that they made."""
        person = self.owner if self._is_new else self._another()
        self._is_new = False
        passkey_id, passkey = add_passkey(person, self._origin)
        ids = furnish(person, lambda: self._run.sign_in(passkey, self._origin))
        return person, ids | {"passkey_id": passkey_id, "audit_event_id": _audit_event(person, ids["client_id"])}

    def _another(self) -> Person:
        body = {"email": _address(), "full_name": "Self Test", "role": _ROLES[self._kind]}
        user = expect(self.owner.post("/users", json=body), 201)
        return self._run.accept(expect(self.owner.post(f"/invitations/{user['id']}/resend"), 200)["invitation_url"])


# What is read of the other workspace before and after.
_RECORDS = {
    "client_id": "/clients/{}",
    "appointment_id": "/appointments/{}",
    "session_id": "/sessions/{}",
    "plan_id": "/plans/{}",
    "location_id": "/locations/{}",
    "service_id": "/services/{}",
}
_LISTS = ("/clients", "/appointments", "/sessions", "/plans", "/users", "/locations", "/services", "/note-templates", "/departments")
# Counted by reactions, a moment after.
_FIGURES = ("next_appointment", "last_appointment", "appointment_count")


def kept(person: Person, ids: dict[str, str]) -> dict[str, Any]:
    """What a workspace's owner reads of it: records, and how many there are."""
    read: dict[str, Any] = {}
    for name, path in _RECORDS.items():
        record = expect(person.get(path.format(ids[name])), 200)
        read[path] = {field: value for field, value in record.items() if field not in _FIGURES}
    for path in _LISTS:
        read[f"total of {path}"] = expect(person.get(path, params={"page_size": 1}), 200)["total"]
    return read


def _audit_event(person: Person, client_id: str) -> str:
    """The id of an event on a client, which arrives in the trail a moment later."""
    give_up = time.monotonic() + _SECONDS_TO_BE_AUDITED
    while time.monotonic() < give_up:
        if found := expect(person.get("/audit-events", params={"resource_id": client_id}), 200)["items"]:
            return str(found[0]["id"])
        time.sleep(0.2)
    raise NotMadeError("nothing arrived in the audit trail")


def _release_holds(person: Person) -> None:
    """Nothing that is held is erased. Somebody who was signed out by an operation has colleagues."""
    reply = person.get("/audit/legal-holds", params={"page_size": 100})
    if reply.status_code == 200:
        for hold in reply.json()["items"]:
            if hold["released_at"] is None:
                person.post(f"/audit/legal-holds/{hold['id']}/release")


def _address() -> str:
    """An address at a name that is reserved for examples, and takes no mail (RFC 2606)."""
    return f"self-test-{secrets.token_hex(8)}@example.com"
