"""The trail's words are those of the protos, and a number without a word is kept, sealed and told."""

from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail import vocabulary
from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.options.v1 import options_pb2

from .conftest import event


@pytest.mark.parametrize(
    ("enum", "words", "spelled"),
    [
        (options_pb2.Resource, vocabulary.RESOURCE_WORDS, lambda name: name.title().replace("_", "")),
        (options_pb2.Action, vocabulary.ACTION_WORDS, str),
        (events_pb2.Outcome, vocabulary.OUTCOME_WORDS, str.lower),
    ],
    ids=["resource", "action", "outcome"],
)
def test_every_number_a_service_can_send_has_its_word(enum, words, spelled):
    prefix = f"{enum.DESCRIPTOR.name.upper()}_"
    assert words == {number: spelled(name.removeprefix(prefix)) for name, number in enum.items() if number}


def test_what_may_hold_phi_is_declared_with_the_resource():
    assert vocabulary.RESOURCE_TYPES - set(vocabulary.TYPES_WITHOUT_PHI) == {
        "Alert",
        "Client",
        "Appointment",
        "Session",
        "SessionAttachment",
        "PlanOfCare",
    }


@given(st.integers(-(2**31), 2**31 - 1))
def test_a_number_without_a_word_can_be_read_back_from_what_is_kept(number):
    kept = vocabulary.word(vocabulary.OUTCOME_WORDS, number)
    if kept not in vocabulary.OUTCOMES:
        assert (kept, vocabulary.number(kept)) == (f"unknown:{number}", number)


@pytest.mark.parametrize("number", [9999, -1, 0, 2**31 - 1])
async def test_what_a_newer_service_says_is_kept_by_its_number_and_sealed(practice, number):
    left = event(resource=number, action=number, outcome=number)
    await practice.record(left)

    (kept,) = (await practice.list()).items
    one = await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=left.id), practice.auditor)

    assert kept == one
    assert (kept.id, kept.resource_type, kept.action) == (left.id, f"unknown:{number}", f"unknown:{number}")
    assert kept.outcome == number
    assert (await practice.verify()).intact
    async with practice.environment.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit.dead_letters WHERE workspace_id = $1", practice.workspace_id) == 0
        row = await connection.fetchrow("SELECT * FROM audit.audit_events WHERE id = $1", UUID(left.id))
    assert row["outcome"] == f"unknown:{number}"


@pytest.mark.parametrize("column", ["resource_type", "action", "outcome"])
async def test_the_chain_covers_a_word_that_was_not_known(practice, column):
    left = event(resource=9999, action=9999, outcome=9999)
    await practice.record(left)
    async with practice.tampering() as superuser:
        await superuser.execute(f"UPDATE audit.audit_events SET {column} = 'unknown:9998' WHERE id = $1", left.id)
    found = await practice.verify()
    assert (found.intact, found.first_break) == (False, 1)


@pytest.mark.parametrize("column", ["action", "outcome"])
@pytest.mark.parametrize("word", ["perhaps", "unknown:", "unknown:x", "unknown:1 ", "Unknown:1"])
async def test_no_other_word_can_be_kept(practice, column, word):
    await practice.record(event())
    async with practice.tampering() as superuser:
        with pytest.raises(asyncpg.CheckViolationError, match=f"audit_event_{column}"):
            await superuser.execute(f"UPDATE audit.audit_events SET {column} = $2 WHERE workspace_id = $1", practice.workspace_id, word)


async def test_what_may_hold_phi_for_all_anybody_knows_is_told_with_what_does(practice):
    unknown = event(resource=9999)
    await practice.record(unknown, event(resource=options_pb2.RESOURCE_LOCATION))

    assert [item.id for item in (await practice.list(phi_only=True)).items] == [unknown.id]
    assert (await practice.list(phi_only=True, resource_type="Location")).total == 0
