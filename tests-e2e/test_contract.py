"""The OpenAPI document: whether what is served has the shapes it says, and it says what was promised."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from operations import operations
from worlds import furnish

ROOT = Path(__file__).parents[1]
# Holds a document against the written contract; where the tree stands beside one, it is asked as well.
CHECKER = Path(os.environ.get("CASELOAD_CONTRACT_CHECKER", ROOT.parent / "shared" / "api" / "check_contract.py"))
# What is promised and comes later; its noun or its last word is in the address.
LATER = (
    *("/api-keys", "/totp", "/verify-2fa", "/accept-invite", "/password/forgot", "/password/reset", "/departments", "/platform-admin"),
    *("/clients/duplicates", "/merge", "/import", "/export", "/access-report", "/clients/{}/attachments", "/storage", "/unlock"),
    *("/availability", "/slots", "/series", "/waitlist", "/calendar-feeds", "/note-templates", "/plans", "/sessions/sync", "/restore"),
    *("/unfinalize", "/reminders/templates", "/alerts", "/notification-settings", "/webhooks", "/audit/exports", "/compliance-report"),
)
# The same, where the address itself is in use: the method and the address.
METHODS_LATER = {"POST /api/v1/users", "DELETE /api/v1/sessions/{}", "DELETE /api/v1/sessions/{}/permanent"}
# The fields of every shape that is built, as front ends rely on them.
SHAPES = {
    "User": "id workspace_id email full_name role is_active is_platform_admin department_id license_number specialization shift_schedule"
    " two_factor_enabled is_locked last_login_at created_at updated_at",
    "SignedIn": "access_token token_type expires_in user",
    "Workspace": "id name kind time_zone locale address phone license_number settings status created_at updated_at",
    "LoginSession": "id created_at last_seen_at ip_address user_agent current",
    "Client": "id workspace_id first_name last_name full_name email phone date_of_birth address medical_history emergency_contact_name"
    " emergency_contact_phone is_active consent_status notes tags gender time_zone external_id next_appointment last_appointment"
    " appointment_count version created_at updated_at",
    "ClientSummary": "id first_name last_name full_name",
    "Appointment": "id workspace_id client_id practitioner_id series_id scheduled_start scheduled_end location_type location_id"
    " location_details service_id status notes overbooked version edited_at edit_count client created_at updated_at",
    "ConflictCheck": "has_conflict conflicting_appointments",
    "Conflict": "id scheduled_start scheduled_end client_initials location_type status",
    "Service": "id workspace_id name description default_duration_minutes buffer_before_minutes buffer_after_minutes price_minor_units"
    " currency is_active created_at updated_at",
    "Location": "id workspace_id name location_type address details is_active created_at updated_at",
    "Session": "id workspace_id client_id appointment_id created_by_user_id subjective objective assessment plan session_date"
    " duration_minutes status is_draft draft_last_saved_at finalized_at finalized_by_user_id amended_at amendment_count attachment_count"
    " version deleted_at deleted_reason deleted_by_user_id permanent_delete_after created_at updated_at",
    "SessionVersion": "id session_id version_number subjective objective assessment plan reason created_at created_by_user_id",
    "Attachment": "id session_id client_id workspace_id file_name file_type file_size_bytes status created_at session_date is_session_file",
    "Timeline": "client_id events total_events next_cursor",
    "TimelineEvent": "event_type event_date title description appointment_id session_id plan_id milestone_id",
    "ReminderConfiguration": "id workspace_id hours_before channel template_id is_active created_at updated_at",
    "ReminderLog": "id workspace_id appointment_id client_id hours_before channel status due_at sent_at attempts last_error created_at",
    "AuditEvent": "id workspace_id user_id event_type resource_type resource_id action outcome ip_address user_agent session_id metadata"
    " retention_until sequence hash created_at",
}


@pytest.fixture
def api(embedded, sign_in):
    return sign_in(embedded)


@pytest.fixture
def document(api):
    return api.get("/openapi.json").raise_for_status().json()


def test_the_document_is_valid_openapi(document):
    validate(document)
    with pytest.raises(OpenAPIValidationError):
        validate(document | {"paths": {"without a slash": {}}, "info": {}})


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_has_exactly_its_fields_and_always_all_of_them(document, shape):
    described = document["components"]["schemas"][shape]

    assert set(described["properties"]) == set(SHAPES[shape].split())
    assert set(described["required"]) == set(described["properties"])


def test_pages_are_alike(document):
    pages = {name: schema for name, schema in document["components"]["schemas"].items() if name.endswith("Page")}

    assert len(pages) >= 8
    for name, schema in pages.items():
        assert set(schema["required"]) == {"items", "total", "page", "page_size", "total_pages"}, name


def test_every_answer_has_the_shape_that_the_document_gives_it(api, document, embedded, sign_in, eventually):
    checked, ids = set(), {}
    for operation in operations(document):
        if str(operation) == "POST /api/v1/auth/logout":
            continue
        if not ids:
            ids = furnish(api, lambda: sign_in(embedded))
            events = eventually(lambda ids=ids: api.get("/audit-events", params={"resource_id": ids["client_id"]}).json()["items"])
            ids |= {"audit_event_id": events[0]["id"], "department_id": ids["client_id"]}
        answer = operation.send(api, ids)
        if operation.uses_up:
            ids = {}

        described = document["paths"][operation.path][operation.method.lower()]["responses"]
        promised = described.get(str(answer.status_code), described.get("default", {}))
        assert promised, f"{operation} answered {answer.status_code}, of which the document says nothing: {answer.text}"
        while "$ref" in promised:
            promised = document["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
        if answer.status_code == 204:
            assert answer.content == b""
            continue
        ((kind, content),) = promised["content"].items()
        assert answer.headers["content-type"] == kind, operation
        checker = Draft202012Validator(
            content["schema"] | {"components": document["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        faults = [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in checker.iter_errors(answer.json())]
        assert not faults, f"{operation} {answer.status_code}: {faults}"
        if answer.is_success:
            checked.add(str(operation))

    assert len(checked) > 40, "most operations have to be answered with success for this to say anything"


if CHECKER.exists():

    def test_the_document_keeps_what_the_written_contract_promises(document, tmp_path):
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        told = subprocess.run(
            [sys.executable, str(CHECKER), str(tmp_path / "openapi.json")], capture_output=True, text=True, check=False
        ).stdout.splitlines()

        assert " operations, 0 field faults" in told[-1], told
        missing = [" ".join(line.split()[2:]) for line in told if line.startswith("missing operation")]
        assert [line for line in missing if line not in METHODS_LATER and not any(part in line for part in LATER)] == []
        assert not [line for line in told if line.startswith(("missing field", "not always there", "beyond contract"))]
