"""Front ends that call a completed appointment attended: both words are understood, and the setting says which one is spoken."""

import json

import pytest

from gateway.openapi.document import document

PAST = {"scheduled_start": "2026-03-02T09:00:00Z", "scheduled_end": "2026-03-02T10:00:00Z"}


@pytest.fixture
async def attended(gateway, practice):
    """The same practice through a gateway that says attended."""
    async with gateway.reconfigured(completed_status="attended").colleague(practice.person) as http:
        yield http


@pytest.mark.parametrize("word", ["completed", "attended"])
async def test_both_words_are_understood_and_the_setting_says_which_is_spoken(practice, attended, check_problem, word):
    client = await practice.add_client()
    path = f"/api/v1/appointments/{(await practice.booked(client['id'], **PAST))['id']}"

    told = {"completed": practice.http, "attended": attended}
    changed = await told["completed" if word == "attended" else "attended"].put(path, json={"status": word})

    assert changed.status_code == 200, changed.text
    for spoken, http in told.items():
        assert (await http.get(path)).json()["status"] == spoken
        assert (await http.get(f"{path}/history")).json()[0]["changes"]["status"] == {"before": "scheduled", "after": spoken}
        (listed,) = (await http.get(f"/api/v1/appointments?status={word}")).json()["items"]
        assert listed["status"] == spoken
        (conflict,) = (await http.get("/api/v1/appointments/conflicts", params=PAST)).json()["conflicting_appointments"]
        assert conflict["status"] == spoken
        refused = await http.post("/api/v1/appointments", json={"client_id": client["id"], "location_type": "clinic", **PAST})
        (conflict,) = check_problem(refused, 409, "appointment_conflict")["conflicting_appointments"]
        assert conflict["status"] == spoken


async def test_the_other_statuses_have_one_word(practice, attended, check_problem):
    appointment = await practice.booked((await practice.add_client())["id"], **PAST)
    path = f"/api/v1/appointments/{appointment['id']}"

    assert (await attended.put(path, json={"status": "no_show"})).json()["status"] == "no_show"
    check_problem(await attended.put(path, json={"status": "present"}), 422, "validation_failed")


def test_the_document_says_the_word_of_the_setting(gateway):
    ours, theirs = (json.dumps(document(each.app)) for each in (gateway, gateway.reconfigured(completed_status="attended")))
    statuses = '["scheduled", "completed", "cancelled", "no_show"]'

    assert statuses in ours
    assert statuses not in theirs
    assert theirs == ours.replace(statuses, statuses.replace("completed", "attended"))
