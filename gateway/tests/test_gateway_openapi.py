"""The OpenAPI document against the contract."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from gateway.app import ROUTERS, routes_of
from gateway.openapi.document import document

OPERATIONS = """
POST /auth/magic-link
POST /auth/verify
POST /auth/login
POST /auth/session/refresh
POST /auth/logout
GET /auth/me
PUT /auth/password
POST /auth/password/forgot
POST /auth/verify-2fa
POST /auth/totp/enroll
POST /auth/totp/verify
DELETE /auth/totp
GET POST /auth/passkeys
POST /auth/passkeys/finish
PATCH DELETE /auth/passkeys/{}
POST /auth/passkeys/sign-in
POST /auth/passkeys/sign-in/finish
POST /auth/password/reset
GET DELETE /auth/sessions
DELETE /auth/sessions/{}
GET /auth/workspaces
POST /auth/switch
GET /auth/accept-invite
POST /invitations/{}/resend
POST /platform-admin/invite-therapist
POST /platform-admin/resend-invitation/{}
GET /platform-admin/pending-invitations
GET /platform-admin/workspaces
POST /platform-admin/workspaces/{}/suspend
POST /platform-admin/workspaces/{}/reactivate
GET /platform-admin/activity
DELETE /platform-admin/workspaces/{}
GET /platform-admin/metrics
GET /platform-admin/blacklist
POST /platform-admin/blacklist
DELETE /platform-admin/blacklist/{}
POST GET /api-keys
DELETE /api-keys/{}
POST GET /departments
PUT DELETE /departments/{}
POST GET /users
GET PUT /users/{}
GET PUT /users/me/notification-settings
PUT /users/{}/role
POST /users/{}/deactivate
POST /users/{}/activate
POST /users/{}/unlock
DELETE /users/{}/second-factor
GET PATCH /workspaces/current
GET PUT /workspaces/current/sso
GET /auth/oidc/{}/start
GET /auth/oidc/callback
GET /workspaces/{}/storage
PATCH /workspaces/{}/storage/quota
POST GET /clients
GET PUT DELETE /clients/{}
DELETE /clients/{}/permanent
GET /clients/{}/timeline
GET /clients/{}/export
POST GET /clients/{}/consents
POST /clients/{}/consents/{}/withdraw
GET /clients/duplicates
GET PUT /clients/{}/care-team
POST /clients/{}/break-glass
GET /clients/{}/access-report
GET /audit/break-glass
POST /audit/break-glass/{}/review
POST /clients/{}/merge
POST /clients/{}/merge/undo
POST /clients/import
POST /clients/export-all
POST /clients/import/{}/undo
GET /jobs
GET /jobs/{}
POST /jobs/{}/cancel
GET /jobs/{}/result
POST GET /appointments
GET /appointments/conflicts
GET PUT DELETE /appointments/{}
GET /appointments/{}/reminders
GET /appointments/{}/history
POST /appointments/{}/decline-cancellation
POST /appointments/{}/send-payment-request
GET /appointments/{}/payment-link
GET PUT /payments/config
POST /slots/hold
DELETE /slots/hold/{}
POST /series/preview
POST /series
PUT DELETE /series/{}
GET PUT /availability/{}
POST GET /holidays
POST /holidays/public
DELETE /holidays/{}
GET /slots
POST GET /waitlist
DELETE /waitlist/{}
POST /waitlist/{}/accept
POST GET /calendar-feeds
DELETE /calendar-feeds/{}
GET /calendar-feeds/{}.ics
GET /reports/activity
POST GET /services
GET PUT DELETE /services/{}
POST GET /locations
GET PUT DELETE /locations/{}
GET /audit/checkpoints
POST /audit/exports/{}/cancel
GET /audit/exports/{}/manifest
GET /audit/exports/{}/file
GET /audit/proof
GET POST /audit/legal-holds
POST /audit/legal-holds/{}/release
GET PUT /audit/retention
GET /audit/compliance-report
POST GET /note-templates
PUT DELETE /note-templates/{}
POST GET /sessions
GET PUT DELETE /sessions/{}
PATCH /sessions/{}/draft
POST PATCH /sessions/{}/finalize
POST /sessions/{}/unfinalize
GET /sessions/cosign-queue
POST /sessions/sync
POST /sessions/{}/cosign
POST /sessions/{}/return
POST /sessions/{}/restore
DELETE /sessions/{}/permanent
GET /sessions/{}/verify
GET /sessions/{}/versions
GET /sessions/clients/{}/latest-finalized
POST GET /sessions/{}/attachments
GET PATCH DELETE /sessions/{}/attachments/{}
GET /sessions/{}/attachments/{}/download
POST GET /clients/{}/attachments
PATCH DELETE /clients/{}/attachments/{}
GET /clients/{}/attachments/{}/download
POST /clients/{}/attachments/download-multiple
POST GET /plans
GET PUT DELETE /plans/{}
GET /plans/{}/versions
POST GET /plans/{}/milestones
PUT /plans/{}/milestones/order
PUT DELETE /plans/{}/milestones/{}
POST GET /plans/{}/measures
DELETE /plans/{}/measures/{}
POST GET /reminders/configurations
PUT DELETE /reminders/configurations/{}
GET /reminders/opt-outs
DELETE /reminders/opt-outs/{}
GET PUT /reminders/policy
GET /reminders/held-addresses
DELETE /reminders/held-addresses/{}
DELETE /reminders/held-addresses/users/{}
GET PUT DELETE /reminders/channels/sms
POST /reminders/channels/sms/rotate-secret
POST GET /reminders/templates
PUT DELETE /reminders/templates/{}
POST /reminders/templates/{}/preview
GET /reminders/logs
POST GET /alerts
GET /alerts/active
GET /alerts/stream
GET PUT /alerts/escalation-policy
GET PUT /alerts/rules
GET /alerts/report
GET /alerts/{}
POST /alerts/{}/acknowledge
POST /alerts/{}/resolve
POST /alerts/{}/cancel
POST /alerts/{}/escalate
GET /alerts/{}/escalations
GET /on-call
POST GET /on-call/overrides
DELETE /on-call/overrides/{}
POST GET /webhooks
DELETE /webhooks/{}
POST /webhooks/{}/enable
POST /webhooks/{}/rotate-secret
GET /webhooks/{}/deliveries
POST /webhooks/{}/deliveries/{}/retry
GET /audit-events
GET /audit-events/{}
POST /audit/exports
GET /audit/exports/{}
GET /audit/verify
GET /health
"""
SHAPES = {
    "Client", "ClientCreate", "ClientUpdate", "ClientPage", "ClientSummary", "Appointment", "AppointmentCreate", "AppointmentUpdate",
    "AppointmentPage", "Session", "SessionCreate", "SessionUpdate", "SessionPage", "SessionVersion", "User", "UserCreate", "UserUpdate", "UserPage",
    "Workspace", "Service", "ServicePage", "Location", "LocationPage", "ReminderConfiguration", "ReminderLog", "ReminderLogPage",
    "AuditEvent", "AuditEventPage", "Attachment", "LoginSession", "SignedIn", "Timeline", "TimelineEvent", "ConflictCheck", "Conflict",
    "Problem",
}  # fmt: skip


@pytest.fixture
def described(gateway):
    return document(gateway.app)


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


async def test_the_document_is_public(gateway):
    async with gateway.anonymous() as http:
        reply = await http.get("/api/v1/openapi.json")

    assert reply.json()["openapi"].startswith("3.1")


def test_exactly_the_contracts_operations_are_built(described):
    wanted = {(method.lower(), f"/api/v1{line.split()[-1]}") for line in OPERATIONS.strip().splitlines() for method in line.split()[:-1]}

    built = {(method, re.sub(r"\{[^}]*\}", "{}", path)) for path, method, _ in operations(described) if path.startswith("/api/v1/")}

    assert built == wanted


def test_schemas_have_the_contracts_names(described):
    assert described["components"]["schemas"].keys() >= SHAPES
    assert not {name for name in described["components"]["schemas"] if name.endswith(("-Input", "-Output")) or "_" in name}


def test_replies_always_have_all_their_fields(described):
    schemas = described["components"]["schemas"]
    for name in SHAPES - {
        "ClientCreate",
        "ClientUpdate",
        "AppointmentCreate",
        "AppointmentUpdate",
        "SessionCreate",
        "SessionUpdate",
        "UserCreate",
        "UserUpdate",
    }:
        optional = schemas[name]["properties"].keys() - set(schemas[name]["required"])
        assert optional <= ({"errors"} if name == "Problem" else set()), name


def test_operation_ids_are_stable_and_unique(described):
    ids = [operation["operationId"] for _, _, operation in operations(described)]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", operation_id) for operation_id in ids)


def test_every_error_is_described_as_a_problem(described):
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for _, _, operation in operations(described):
        for status, response in operation["responses"].items():
            assert ("$ref" in response) == (status[0] in "45")
    for response in described["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_whatever_names_a_client_says_that_they_may_have_been_merged(described):
    named = [(path, method) for path, operations in described["paths"].items() if "{client_id}" in path for method in operations]
    for path, wanted in (("appointments", "client_id"), ("sessions", "client_id"), ("plans", "client_id")):
        operation = described["paths"][f"/api/v1/{path}"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert wanted in described["components"]["schemas"][schema]["properties"]
        named.append((f"/api/v1/{path}", "post"))
    assert [place for place in named if "410" not in described["paths"][place[0]][place[1]]["responses"]] == []


def test_reads_about_somebody_or_something_that_their_query_names_say_that_it_may_be_absent(described):
    asked = ("slots", "calendar-feeds", "reports/activity", "on-call", "alerts/report", "appointments/conflicts", "audit/proof")
    assert [path for path in asked if "404" not in described["paths"][f"/api/v1/{path}"]["get"]["responses"]] == []


def test_every_write_takes_an_idempotency_key(described):
    for _, method, operation in operations(described):
        references = [parameter.get("$ref", "") for parameter in operation.get("parameters", [])]
        assert ("#/components/parameters/IdempotencyKey" in references) == (method != "get")


def test_only_sign_in_health_keys_and_calendars_are_public(described):
    opened = {path for path, _, operation in operations(described) if operation.get("security") == []}

    assert opened == {
        "/api/v1/auth/oidc/{workspace_slug}/start",
        "/api/v1/auth/oidc/callback",
        "/api/v1/auth/magic-link",
        "/api/v1/auth/verify",
        "/api/v1/auth/accept-invite",
        "/api/v1/auth/login",
        "/api/v1/auth/session/refresh",
        "/api/v1/auth/logout",
        "/api/v1/auth/verify-2fa",
        "/api/v1/auth/passkeys/sign-in",
        "/api/v1/auth/passkeys/sign-in/finish",
        "/api/v1/auth/password/forgot",
        "/api/v1/auth/password/reset",
        "/api/v1/calendar-feeds/{token}.ics",
        "/api/v1/health",
        "/health",
        "/health/live",
        "/health/ready",
        "/.well-known/jwks.json",
    }


def test_every_reference_resolves(described):
    references = set(re.findall(r"'#/components/(\w+)/([\w-]+)'", str(described)))
    assert {name for place, name in references if place == "schemas"} >= SHAPES - {"ClientSummary"}
    for reference in references:
        assert reference[1] in described["components"][reference[0]], reference


async def test_every_operation_refuses_an_unknown_caller(gateway, described):
    async with gateway.anonymous() as http:
        for path, method, operation in operations(described):
            if operation.get("security") == []:
                continue
            address = re.sub(r"\{[^}]*\}", "0198c0de-0000-7000-8000-00000000abcd", path)
            for token in (None, "Bearer nonsense"):
                reply = await http.request(method, address, headers={"Authorization": token} if token else {})
                assert reply.status_code == 401, (method, path, reply.text)


async def test_every_route_is_found_by_its_own_path_and_methods(gateway):
    async with gateway.anonymous() as http:
        for route in routes_of(ROUTERS):
            path = re.sub(r"\{[^}]*\}", "0198c0de-0000-7000-8000-00000000abcd", route.path)
            for method in route.methods:
                reply = await http.request(method, path)
                assert reply.status_code != 405, (method, path)
                if reply.status_code == 404:
                    assert route.path in {
                        "/api/v1/auth/oidc/{workspace_slug}/start",
                        "/files/{token}",
                        "/api/v1/calendar-feeds/{token}.ics",
                        "/problems/{code}",
                        "/docs/assets/{digest}/{name}",
                        "/accept-invitation",
                        # Of a link in a reminder, which has a token.
                        "/reminder/confirm",
                        "/reminder/cancel",
                        "/reminder/unsubscribe",
                        "/waitlist/offer",
                        "/auth/sso/{workspace_slug}",
                    }, (
                        method,
                        path,
                    )


def test_operations_that_answer_ranges_say_so(described):
    """What `result_response` answers: 206 with the file's own kind of content, and 416."""
    ranged = {
        path: operations["get"]["responses"]
        for path, operations in described["paths"].items()
        if "206" in operations.get("get", {}).get("responses", {})
    }
    assert ranged.keys() == {"/api/v1/jobs/{job_id}/result", "/api/v1/audit/exports/{export_id}/file"}
    for answers in ranged.values():
        assert answers["206"]["content"] == answers["200"]["content"]
        assert "Content-Range" in answers["206"]["headers"]
        assert answers["416"] == {"$ref": "#/components/responses/416"}


def asks_for_a_recent_sign_in():
    """The methods of identity that ask for one, themselves or by a function of their module."""
    for path in Path(__file__).parents[2].glob("services/identity/src/identity/*/rpc.py"):
        functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        named = {
            function.name: {
                node.id if isinstance(node, ast.Name) else node.attr
                for node in ast.walk(function)
                if isinstance(node, (ast.Name, ast.Attribute))
            }
            for function in functions
        }
        asking, before = {"check_is_recent", "person_of_recent_sign_in"}, set()
        while asking != before:
            before, asking = asking, asking | {name for name, used in named.items() if used & asking}
        yield from (name for name in asking & named.keys() if not name.startswith("_"))


def test_operations_that_need_a_recent_sign_in_say_so_and_no_others(described):
    asking = set(asks_for_a_recent_sign_in())
    assert asking >= {"BeginPasskeyRegistration", "ChangePassword", "CreateUser", "SetProvider"}
    calling = {
        route.name
        for route in routes_of(ROUTERS)
        if route.include_in_schema and asking & set(re.findall(r"stubs\.\w+\.(\w+)\(", inspect.getsource(route.endpoint)))
    }
    assert len(calling) == len(asking)
    said = {"$ref": "#/components/responses/403-recent-sign-in"}
    assert {operation["operationId"] for _, _, operation in operations(described) if operation["responses"].get("403") == said} == calling
    assert "`reauthentication_required`" in described["components"]["responses"]["403-recent-sign-in"]["description"]
