"""The erasure of a client goes on although the process that sees it through is killed, and ends when a service that stood still is back."""

import os

import pytest

from standalone.selftest.operations import times


def test_an_erasure_outlives_the_process_that_sees_it_through(suite, sign_in, eventually):
    api = sign_in(suite)
    client = api.post("/clients", json={"first_name": "Ada", "last_name": "Forgotten"}).json()["id"]
    appointment = api.post("/appointments", json={"client_id": client, "location_type": "clinic", **times()}).json()["id"]

    def services():
        return (api.get(f"/jobs/{job}").json()["result"] or {}).get("services", {})

    suite.pause_process("scheduling")
    try:
        reply = api.delete(f"/clients/{client}/permanent")
        assert reply.status_code == 204, reply.text
        job = reply.headers["location"].rpartition("/")[2]
        eventually(lambda: services().get("clinical", {}).get("status") == "done")
        killed = suite.kill_process("clients")
        eventually(lambda: suite.running["processes"]["clients"] != killed)
        with pytest.raises(ProcessLookupError):
            os.kill(killed, 0)
        # Told by the process that took its place.
        waiting = eventually(lambda: (found := api.get(f"/jobs/{job}")).is_success and found.json())
        assert (waiting["finished_at"], waiting["result"]["services"]["scheduling"]["status"]) == (None, "pending")
    finally:
        suite.resume_process("scheduling")

    done = eventually(lambda: (found := api.get(f"/jobs/{job}").json())["finished_at"] and found)
    assert (done["status"], done["result"]["services"]["scheduling"]["deleted"]) == ("done", 1)
    assert api.get(f"/clients/{client}").status_code == 404
    assert api.get(f"/appointments/{appointment}").status_code == 404
