"""What the protos declare, over HTTP: the words of the audit trail, and one effect for an Idempotency-Key."""

import asyncio
import re
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import trail_pb2
from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.audit.v1.events_words import OUTCOME_WORDS
from caseload.options.v1.options_words import ACTION_WORDS, RESOURCE_WORDS
from chassis.protobuf.timestamps import to_timestamp
from gateway.api.audit.schemas import AuditEvent
from gateway.mapping import render
from gateway.openapi.document import document


def test_a_number_that_the_gateway_has_no_word_for_is_told_as_one():
    told = render(trail_pb2.AuditEvent(outcome=9999))
    assert told["outcome"] == "unknown:9999"


@pytest.mark.parametrize(
    ("field", "words"),
    [("resource_type", RESOURCE_WORDS), ("action", ACTION_WORDS), ("outcome", OUTCOME_WORDS)],
    ids=lambda each: str(each)[:8],
)
def test_the_trails_words_are_those_of_the_protos(gateway, field, words):
    described = document(gateway.app)
    told, number = described["components"]["schemas"]["AuditEvent"]["properties"][field]["anyOf"]
    assert told["enum"] == list(words.values())
    assert re.fullmatch(number["pattern"], "unknown:9999")

    (filtered,) = [each for each in described["paths"]["/api/v1/audit-events"]["get"]["parameters"] if each["name"] == field]
    assert told in filtered["schema"]["anyOf"]


async def test_what_the_trail_has_no_word_for_is_listed_by_its_number(gateway, practice):
    line = AuditRecorded(
        id=str(uuid7()),
        workspace_id=str(practice.person.workspace_id),
        event_type="refer_client",
        resource=9999,
        action=9999,
        outcome=9999,
        resource_id=str(uuid7()),
        occurred_at=to_timestamp(datetime.now(UTC)),
    )
    async with gateway.environment.runtime("clients").background(practice.person.workspace_id) as call:
        call.emit(line)

    async with asyncio.timeout(20):
        while not (listed := (await practice.http.get(f"/api/v1/audit-events?resource_id={line.resource_id}")).json()["items"]):
            await asyncio.sleep(0.1)
    (event,) = listed
    assert (event["id"], event["event_type"]) == (line.id, "refer_client")
    assert (event["resource_type"], event["action"], event["outcome"]) == ("unknown:9999",) * 3
    assert AuditEvent.model_validate(event).resource_type == "unknown:9999"


async def test_a_change_of_password_sent_again_under_its_key_is_answered_as_the_first_time(gateway, check_problem):
    person = await gateway.open_workspace()
    change = {"current_password": "correct horse battery", "new_password": "staple battery horse"}
    async with gateway.anonymous() as visitor:
        signed_in = await visitor.post("/api/v1/auth/login", json={"email": person.email, "password": "correct horse battery"})
    async with gateway.anonymous(Authorization=f"Bearer {signed_in.json()['access_token']}") as visitor:
        visitor.headers["Idempotency-Key"] = "change once"
        assert [(await visitor.put("/api/v1/auth/password", json=change)).status_code for _ in range(2)] == [204, 204]
        other = await visitor.put("/api/v1/auth/password", json=change | {"new_password": "another battery horse"})
        check_problem(other, 422, "idempotency_key_reused")
