"""Payments over HTTP: recorded with appointments, and clients asked to pay."""

import pytest
from uuid_utils.compat import uuid7

CONFIG = "/api/v1/payments/config"
UNSET = dict.fromkeys(("payment_mode", "bank_account_details", "payment_link_type", "payment_link_template", "payment_provider"))
BY_LINK = {
    "payment_mode": "smart_link",
    "payment_link_type": "custom",
    "payment_link_template": "https://pay.example.com/{reference}/{amount}",
}


async def test_how_clients_pay_is_nothing_until_it_is_set_and_is_replaced_as_a_whole(practice):
    assert (await practice.http.get(CONFIG)).json() == UNSET

    assert (await practice.http.put(CONFIG, json=BY_LINK)).json() == UNSET | BY_LINK
    assert (await practice.http.get(CONFIG)).json() == UNSET | BY_LINK
    manual = {"payment_mode": "manual", "bank_account_details": "IBAN DE02"}
    assert (await practice.http.put(CONFIG, json=manual)).json() == UNSET | manual


async def test_a_way_to_pay_that_leads_nowhere_is_refused_and_changes_nothing(practice, check_problem):
    for wrong, code, pointer in (
        ({"payment_mode": "smart_link"}, "payment_settings_invalid", "/payment_link_type"),
        (BY_LINK | {"payment_link_template": "http://pay.example.com"}, "payment_settings_invalid", "/payment_link_template"),
        (BY_LINK | {"payment_link_template": "https://pay.example.com/{client}"}, "payment_settings_invalid", "/payment_link_template"),
        ({"payment_mode": "crypto"}, "validation_failed", "/payment_mode"),
    ):
        problem = check_problem(await practice.http.put(CONFIG, json=wrong), 422, code)
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert (await practice.http.get(CONFIG)).json() == UNSET


async def test_a_payment_is_recorded_with_its_appointment(practice):
    booked = await practice.booked((await practice.add_client())["id"])
    assert (booked["payment_price"], booked["payment_status"], booked["payment_method"], booked["paid_at"]) == (
        None,
        "not_paid",
        None,
        None,
    )

    path = f"/api/v1/appointments/{booked['id']}"
    paid = {
        "payment_price": "80.50",
        "payment_status": "paid",
        "payment_method": "bit",
        "payment_notes": "by Ada",
        "paid_at": "2026-03-01T09:00:00Z",
    }
    reply = await practice.http.put(path, json=paid)
    assert reply.status_code == 200
    assert {name: reply.json()[name] for name in paid} == paid
    assert (await practice.http.get(path)).json() == reply.json()
    assert (await practice.http.put(path, json={"payment_price": 75})).json()["payment_price"] == "75"


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"payment_price": "-1"}, "validation_failed", "/payment_price"),
        ({"payment_price": "a lot"}, "validation_failed", "/payment_price"),
        ({"payment_price": True}, "validation_failed", "/payment_price"),
        ({"payment_status": None}, "validation_failed", "/payment_status"),
        ({"payment_status": "owed"}, "validation_failed", "/payment_status"),
        ({"payment_method": "shells"}, "validation_failed", "/payment_method"),
        ({"payment_notes": "x" * 2_001}, "text_too_long", "/payment_notes"),
        ({"paid_at": "2026-03-01T09:00:00Z"}, "appointment_not_paid", "/paid_at"),
        ({"payment_status": "paid", "paid_at": "2199-03-01T09:00:00Z"}, "paid_at_in_future", "/paid_at"),
    ],
)
async def test_what_cannot_be_a_payment_is_refused_and_changes_nothing(practice, check_problem, wrong, code, pointer):
    booked = await practice.booked((await practice.add_client())["id"])

    problem = check_problem(await practice.http.put(f"/api/v1/appointments/{booked['id']}", json=wrong), 422, code)

    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert (await practice.http.get(f"/api/v1/appointments/{booked['id']}")).json() == booked


async def test_a_client_is_asked_to_pay_and_the_link_is_shown(practice, check_problem):
    booked = await practice.booked((await practice.add_client(email="ada@example.com"))["id"])
    path = f"/api/v1/appointments/{booked['id']}"
    check_problem(await practice.http.get(f"{path}/payment-link"), 409, "payment_price_missing")
    await practice.http.put(path, json={"payment_price": "80.00"})
    check_problem(await practice.http.post(f"{path}/send-payment-request"), 409, "payment_link_not_set_up")
    await practice.http.put(CONFIG, json=BY_LINK)

    assert (await practice.http.get(f"{path}/payment-link")).json() == {
        "payment_link": f"https://pay.example.com/{booked['id']}/80.00",
        "payment_type": "custom",
        "amount": "80.00",
        "display_text": "pay.example.com",
    }
    asked = await practice.http.post(f"{path}/send-payment-request")
    assert (asked.status_code, asked.json()["payment_status"]) == (200, "payment_sent")
    assert asked.json()["client"]["first_name"] == "Ada"
    check_problem(await practice.http.post(f"{path}/send-payment-request"), 429, "payment_just_requested")


async def test_a_client_without_an_address_cannot_be_asked(practice, check_problem):
    booked = await practice.booked((await practice.add_client(email=None))["id"])
    path = f"/api/v1/appointments/{booked['id']}"
    await practice.http.put(path, json={"payment_price": "80.00"})
    await practice.http.put(CONFIG, json=BY_LINK)

    check_problem(await practice.http.post(f"{path}/send-payment-request"), 409, "client_without_email")
    assert (await practice.http.get(path)).json()["payment_status"] == "not_paid"


async def test_an_unknown_appointment_has_no_link_and_nobody_is_asked(practice, check_problem):
    for method, path in (("GET", "payment-link"), ("POST", "send-payment-request")):
        check_problem(await practice.http.request(method, f"/api/v1/appointments/{uuid7()}/{path}"), 404, "not_found")
