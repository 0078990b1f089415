"""Requests generated from the OpenAPI document: none fails inside, most succeed, every answer is one the document describes."""

import os
from contextlib import ExitStack

import pytest
from attack.installation import AttackedInstallation
from attack.reporting import report
from attack.valid_values import ValidValues

# `make drill` asks for more.
REQUESTS = int(os.environ.get("CASELOAD_GENERATED_REQUESTS", "600"))
SEED = 20261120
# What proves something nobody can guess.
NEVER_SUCCEED = {
    "POST /api/v1/auth/verify",
    "GET /api/v1/auth/accept-invite",
    "POST /api/v1/auth/password/reset",
    "POST /api/v1/auth/verify-2fa",
    "POST /api/v1/auth/totp/verify",
    "DELETE /api/v1/auth/totp",
    "DELETE /api/v1/users/{user_id}/second-factor",
    "POST /api/v1/auth/session/refresh",
    "POST /api/v1/auth/passkeys/finish",
    "POST /api/v1/auth/passkeys/sign-in/finish",
    "PATCH /api/v1/auth/passkeys/{passkey_id}",
    "DELETE /api/v1/auth/passkeys/{passkey_id}",
    "GET /api/v1/auth/oidc/{workspace_slug}/start",
    "GET /api/v1/auth/oidc/callback",
    # No calendar has an address that was made up.
    "GET /api/v1/calendar-feeds/{token}.ics",
    # No client asks to cancel anything.
    "POST /api/v1/appointments/{appointment_id}/decline-cancellation",
    # Nothing is offered to anybody.
    "POST /api/v1/waitlist/{entry_id}/accept",
    # A checkpoint is signed once a minute, and covers the events before it.
    "GET /api/v1/audit/proof",
    # Every job there is has ended.
    "POST /api/v1/jobs/{job_id}/cancel",
    # So has every export.
    "POST /api/v1/audit/exports/{export_id}/cancel",
    # And has made no file.
    "GET /api/v1/jobs/{job_id}/result",
}


@pytest.fixture
async def explorer(embedded):
    """Somebody at work in a workspace of the embedded composition, with colleagues."""
    from attack.generated import Explorer  # takes a second to import, whichever tests are asked for

    attacked = AttackedInstallation(embedded)
    person = await attacked.open_practice()
    colleagues = [await attacked.add_user(person.workspace_id) for _ in range(4)]
    # A user's own quarter of a minute's writes, for all that is sent and what is made for it.
    owners = await attacked.owners(person, max(20, REQUESTS // 10))
    with ExitStack() as stack:
        api = stack.enter_context(attacked.api_as(person))
        values = ValidValues(attacked, person, colleagues, owners, api, SEED)
        yield Explorer(attacked.installation.gateway_url, api.get("/openapi.json").json(), values, seed=SEED)


def test_generated_requests_are_answered_as_the_document_says_and_never_with_a_5xx(explorer):
    results = explorer.send(REQUESTS)

    report(str(results))
    assert results.sent >= REQUESTS
    assert not any(counts[429] for counts in results.by_operation.values()), "at the limits as shipped"
    assert {operation: dict(counts) for operation, counts in results.by_operation.items() if max(counts) >= 500} == {}
    assert results.faults == {}
    assert results.succeeded >= results.sent / 2, str(results)
    vain = {name for name, counts in results.by_operation.items() if not any(200 <= status < 300 for status in counts)}
    assert vain <= NEVER_SUCCEED
