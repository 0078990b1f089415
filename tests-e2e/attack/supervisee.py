"""Somebody whose notes wait for a co-signature."""

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

    def sign(self, session_id):
        """Signs the note, which waits then."""
        headers = {"Authorization": f"Bearer {self._signer.sign(self._claims)}"}
        reply = self._api.post(f"/sessions/{session_id}/finalize", headers=headers, auth=lambda request: request)
        assert reply.status_code == 200, reply.text
        assert reply.json()["cosign_status"] == "pending"
