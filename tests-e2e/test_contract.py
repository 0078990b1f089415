"""The OpenAPI document: whether what is served has the shapes it says, and it says what was promised."""

import json
import re
from functools import partial

import contract
import httpx
import pytest
from contract import CONTRACT
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from standalone.selftest.operations import operations, sparing
from standalone.selftest.worlds import Worlds

# What this cannot be granted, and how it is refused. All else has to be answered with success, for its shape to be seen.
REFUSED = {
    "POST /api/v1/auth/login": 401,  # nobody can guess what it takes, nor for the next two
    "POST /api/v1/auth/verify": 401,
    "POST /api/v1/auth/session/refresh": 401,
    "POST /api/v1/auth/password/reset": 401,
    "POST /api/v1/auth/verify-2fa": 422,  # nor is it the token of a first step
    "POST /api/v1/auth/totp/verify": 422,  # what is made up is no code
    "DELETE /api/v1/auth/totp": 409,  # and so there is no second factor
    "DELETE /api/v1/users/{user_id}/second-factor": 403,  # it is one's own
    **dict.fromkeys(  # nor a passkey's signature, nor the token of a first step
        (f"POST /api/v1/auth/passkeys/{step}" for step in ("finish", "sign-in", "sign-in/finish")), 422
    ),
    "PUT /api/v1/auth/password": 422,  # what is made up is no new password
    "GET /api/v1/auth/accept-invite": 404,  # nobody was invited by what is made up
    "GET /api/v1/auth/oidc/{workspace_slug}/start": 404,  # no workspace signs in there
    "GET /api/v1/calendar-feeds/{token}.ics": 404,  # no calendar has a made-up address
    "POST /api/v1/appointments/{appointment_id}/decline-cancellation": 409,  # no client asks to cancel anything
    "POST /api/v1/waitlist/{entry_id}/accept": 409,  # nothing is offered
    "GET /api/v1/auth/oidc/callback": 401,  # nobody has begun
    "POST /api/v1/jobs/{job_id}/cancel": 409,  # it is done
    "GET /api/v1/jobs/{job_id}/result": 409,  # and has made no file
    "POST /api/v1/audit/exports/{export_id}/cancel": 409,  # it is ready
    "POST /api/v1/clients/{client_id}/break-glass": 409,  # the client is not restricted
    "POST /api/v1/audit/break-glass/{break_glass_id}/review": 403,  # it is one's own
    "GET /api/v1/reminders/channels/sms": 404,  # nobody has said yet where text messages go
    "DELETE /api/v1/reminders/channels/sms": 404,
    "GET /api/v1/audit/proof": 404,  # no checkpoint covers an event that far ahead
    "POST /api/v1/clients/{client_id}/merge/undo": 409,  # nobody was merged by then
    "POST /api/v1/invitations/{user_id}/resend": 409,  # the owner has signed in
    # Nobody of a practice runs the installation.
    "POST /api/v1/platform-admin/invite-therapist": 403,
    "POST /api/v1/platform-admin/resend-invitation/{user_id}": 403,
    "GET /api/v1/platform-admin/pending-invitations": 403,
    "GET /api/v1/platform-admin/workspaces": 403,
    "POST /api/v1/platform-admin/workspaces/{workspace_id}/suspend": 403,
    "POST /api/v1/platform-admin/workspaces/{workspace_id}/reactivate": 403,
    "GET /api/v1/platform-admin/activity": 403,
    "DELETE /api/v1/platform-admin/workspaces/{workspace_id}": 403,
    "GET /api/v1/platform-admin/metrics": 403,
    "GET /api/v1/platform-admin/blacklist": 403,
    "POST /api/v1/platform-admin/blacklist": 403,
    "DELETE /api/v1/platform-admin/blacklist/{email}": 403,
    "PATCH /api/v1/workspaces/{workspace_id}/storage/quota": 403,
    "PUT /api/v1/users/{user_id}/role": 409,  # nobody else runs the practice
    "POST /api/v1/users/{user_id}/deactivate": 409,  # nobody else runs the practice
    "PATCH /api/v1/workspaces/current": 422,  # no language goes by the name that is made up for it
    "POST /api/v1/sessions/{session_id}/unfinalize": 409,  # the note is a draft
    "POST /api/v1/sessions/{session_id}/cosign": 409,  # and waits for nobody's co-signature
    "POST /api/v1/sessions/{session_id}/return": 409,
    "DELETE /api/v1/sessions/{session_id}/permanent": 409,  # and is not deleted
    "PUT /api/v1/reminders/configurations/{configuration_id}": 409,  # there is one for that hour
    "POST /api/v1/alerts/{alert_id}/cancel": 409,  # it is resolved by then
    "POST /api/v1/alerts/{alert_id}/escalate": 409,
    "PUT /api/v1/plans/{plan_id}/milestones/order": 409,  # no milestone is not every milestone of the plan
}


@pytest.fixture(scope="module")
def document(embedded):
    return httpx.get(f"{embedded.gateway_url}/api/v1/openapi.json").raise_for_status().json()


def test_the_document_is_valid_openapi(document):
    validate(document)
    with pytest.raises(OpenAPIValidationError):
        validate(document | {"paths": {"without a slash": {}}, "info": {}})


def test_exactly_what_is_promised_is_served(document):
    assert contract.operations(document) == CONTRACT["operations"]


@pytest.mark.parametrize("name", CONTRACT["shapes"])
def test_a_shape_has_exactly_the_fields_that_are_promised(document, name):
    assert contract.shape(document, name) == CONTRACT["shapes"][name]


def test_every_shape_that_an_answer_is_promised_in_is_spelt_out(document):
    told = {shape for answer in CONTRACT["operations"].values() for shape in re.sub(r"[\[\]]|page<|>|\b\d{3} ?", "", answer).split(" or ")}

    assert told - CONTRACT["shapes"].keys() == {"", "Message", "PublicKeys", "Health", "bytes", "string", "text"}


def test_pages_are_alike(document):
    pages = {name: schema for name, schema in document["components"]["schemas"].items() if name.endswith("Page")}

    assert {f"page<{name.removesuffix('Page')}>" for name in pages} == {
        answer.partition(" ")[2] for answer in CONTRACT["operations"].values() if "page<" in answer
    }
    for name, schema in pages.items():
        assert set(schema["required"]) == {"items", "total", "page", "page_size", "total_pages"}, name


async def test_every_answer_has_the_shape_that_the_document_gives_it(document, open_furnished):
    refused, worlds = {}, Worlds(partial(open_furnished, "practice"))
    for operation in sparing(operations(document)):
        if str(operation) in {"POST /api/v1/auth/logout", "DELETE /api/v1/auth/sessions"}:
            continue
        api, ids = await worlds.for_operation(operation)
        answer = operation.send(api, ids)
        worlds.answered(operation, answer)

        described = document["paths"][operation.path][operation.method.lower()]["responses"]
        promised = described.get(str(answer.status_code), described.get("default", {}))
        assert promised, f"{operation} answered {answer.status_code}, of which the document says nothing: {answer.text}"
        while "$ref" in promised:
            promised = document["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
        if not answer.is_success:
            refused[str(operation)] = answer.status_code
        if answer.status_code == 204:
            assert answer.content == b""
            continue
        kind = answer.headers["content-type"]
        assert kind in promised["content"], operation
        content = promised["content"][kind]
        if kind == "application/zip":
            assert answer.content.startswith(b"PK"), operation
            continue
        if kind == "application/jsonl":
            assert all(json.loads(line)["hash"] for line in answer.content.splitlines()), operation
            continue
        if kind.startswith("text/event-stream"):
            # What it tells is held to its own words in test_gateway_alert_streams.py.
            assert answer.text, operation
            continue
        checker = Draft202012Validator(
            content["schema"] | {"components": document["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        faults = [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in checker.iter_errors(answer.json())]
        assert not faults, f"{operation} {answer.status_code}: {faults}"

    assert refused == REFUSED
