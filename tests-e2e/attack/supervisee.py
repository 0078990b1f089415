"""Somebody whose notes wait for a co-signature."""

from datetime import UTC, datetime
from uuid import uuid4


class Supervisee:
    """A therapist whom the given user supervises; `api` asks as somebody who may add users, `signer` signs access tokens."""

    def __init__(self, api, signer, supervisor, token=None):
        made = {"email": f"{uuid4().hex}@example.com", "full_name": "Nora Quist", "role": "therapist", "supervisor_id": supervisor.user_id}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = api.post("/users", json=made, headers=headers)
        assert reply.status_code == 201, reply.text
        claims = {"sub": reply.json()["id"], "ws": supervisor.workspace_id, "sid": str(uuid4()), "role": "therapist", "epoch": 2**53}
        self._api, self._signer, self._claims = api, signer, claims | {"scope": "sessions:read sessions:write sessions:sign"}

    def sign_a_note(self, client_id, plan="Rest."):
        """Writes a note for the client and signs it; the id of the note, which waits then."""
        made = self._post("/sessions", {"client_id": client_id, "session_date": datetime.now(UTC).isoformat(), "plan": plan})
        assert made.status_code == 201, made.text
        note = made.json()["id"]
        signed = self._post(f"/sessions/{note}/finalize", None)
        assert signed.status_code == 200, signed.text
        assert signed.json()["cosign_status"] == "pending"
        return note

    def _post(self, path, body):
        headers = {"Authorization": f"Bearer {self._signer.sign(self._claims)}"}
        return self._api.post(path, json=body, headers=headers, auth=lambda request: request)
