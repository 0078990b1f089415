"""Holding a slot over REST, and booking it."""


async def test_a_slot_is_held_booked_and_released(practice, elsewhere, check_problem):
    client = await practice.add_client()
    service = (await practice.http.post("/api/v1/services", json={"name": "Massage", "default_duration_minutes": 60})).json()
    wanted = {"service_id": service["id"], "start": "2027-03-01T09:00:00Z"}

    reply = await practice.http.post("/api/v1/slots/hold", json=wanted)
    assert reply.status_code == 201
    held = reply.json()
    assert set(held) == {"hold_id", "expires_at"}
    check_problem(await elsewhere.http.delete(f"/api/v1/slots/hold/{held['hold_id']}"), 404, "not_found")
    assert (await practice.book(client["id"], hold_id=held["hold_id"])).status_code == 201
    check_problem(await practice.book(client["id"], 12, hold_id=held["hold_id"]), 404, "hold_lapsed")
    (conflict,) = check_problem(await practice.http.post("/api/v1/slots/hold", json=wanted), 409, "appointment_conflict")[
        "conflicting_appointments"
    ]
    assert (conflict["client_initials"], conflict["status"]) == ("A.L.", "scheduled")

    other = (await practice.http.post("/api/v1/slots/hold", json={**wanted, "start": "2027-03-01T11:00:00Z"})).json()
    path = f"/api/v1/slots/hold/{other['hold_id']}"
    assert (await practice.http.delete(path)).status_code == 204
    check_problem(await practice.http.delete(path), 404, "not_found")
    check_problem(await practice.http.post("/api/v1/slots/hold", json={**wanted, "start": "2020-03-01T11:00:00Z"}), 422, "slot_over")
