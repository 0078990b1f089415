"""A restricted client's notes: closed everywhere before anybody is told so, opened to whoever broke the glass, and found by nobody else."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.access.v1 import access_pb2
from caseload.access.v1.access_rpc import ClientAccessStub
from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import care_teams_pb2 as pb
from caseload.clients.v1 import clients_pb2, events_pb2
from caseload.clients.v1.care_teams_rpc import CareTeamsStub
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import measures_pb2, milestones_pb2, plans_pb2, sessions_pb2
from caseload.clinical.v1.measures_rpc import MeasuresStub
from caseload.clinical.v1.milestones_rpc import MilestonesStub
from caseload.clinical.v1.plans_rpc import PlansStub
from chassis.errors import Conflict, Forbidden, NotFound, Unavailable

from .supervising import join
from .test_note_search import take_in
from .test_session_life import grow_old

REASON = "Found unconscious on the stairs."


@pytest.fixture
async def doctor(practice):
    return await join(practice, "doctor")


@pytest.fixture
async def colleague(practice):
    return await join(practice, "doctor")


async def set_team(practice, *members, restricted=True, call=None):
    request = pb.SetCareTeamRequest(
        client_id=practice.client_id, restricted=restricted, user_ids=[str(member.user_id) for member in members]
    )
    return await practice.environment.stub(CareTeamsStub).SetCareTeam(request, call or practice.call)


async def team(practice):
    found = await practice.environment.stub(CareTeamsStub).GetCareTeam(pb.GetCareTeamRequest(client_id=practice.client_id), practice.call)
    return found.restricted, list(found.user_ids)


async def break_glass(person, reason=REASON):
    request = pb.BreakGlassRequest(client_id=person.client_id, reason=reason)
    return await person.environment.stub(CareTeamsStub).BreakGlass(request, person.call)


def told(practice, service="clients"):
    return ClientAccessStub(practice.environment.peer("clinical", service))


async def tell(practice, version, *user_ids, restricted=True, service="clients"):
    changed = access_pb2.ApplyCareTeamRequest(client_id=practice.client_id, version=version, restricted=restricted, user_ids=user_ids)
    ours = practice.environment.on_behalf_of(practice.workspace_id)
    await told(practice, service).ApplyCareTeam(changed, ours)


async def test_a_record_is_closed_in_every_service_when_that_is_answered_and_opened_again(practice, doctor, colleague):
    note = await colleague.write()
    await set_team(practice, doctor)
    with pytest.raises(NotFound):
        await colleague.get(note.id)
    with pytest.raises(Forbidden) as refused:
        await colleague.write()
    assert refused.value.code == "client_restricted"
    with pytest.raises(Forbidden):
        await colleague.book()
    assert (await doctor.get(note.id)).id == note.id
    await set_team(practice, restricted=False)
    assert (await colleague.get(note.id)).id == note.id


async def test_a_record_that_cannot_be_closed_everywhere_is_closed_nowhere(practice, doctor, colleague):
    note = await colleague.write()
    scheduling = practice.environment.runtime("scheduling").server
    scheduling.draining = True
    try:
        with pytest.raises(Unavailable) as refused:
            await set_team(practice, doctor, call=practice.call.within(2.0))
    finally:
        scheduling.draining = False

    assert refused.value.code in {"care_team_not_in_force", "deadline_exceeded"}
    assert await team(practice) == (False, [])
    # Clinical was told, and is told anew.
    await practice.environment.settle()
    assert (await colleague.get(note.id)).id == note.id
    await set_team(practice, doctor)
    with pytest.raises(NotFound):
        await colleague.get(note.id)


async def test_what_is_told_late_or_twice_opens_nothing(practice, doctor, colleague):
    note = await colleague.write()
    await tell(practice, 7, str(doctor.user_id))
    for late in (6, 7):
        await tell(practice, late, restricted=False)
        with pytest.raises(NotFound):
            await colleague.get(note.id)
    await tell(practice, 8, restricted=False)
    assert (await colleague.get(note.id)).id == note.id


async def test_nobody_but_clients_says_who_opens_a_record(practice, doctor):
    with pytest.raises(Forbidden):
        await tell(practice, 9, str(doctor.user_id), service="scheduling")
    broken = access_pb2.ApplyBrokenGlassRequest(
        break_glass_id=practice.client_id, client_id=practice.client_id, user_id=str(doctor.user_id)
    )
    with pytest.raises(Forbidden):
        await told(practice).ApplyBrokenGlass(broken, doctor.call)


async def test_of_two_who_set_a_care_team_at_once_every_service_goes_by_the_same_one(practice, doctor, colleague):
    note = await practice.write()
    outcomes = await asyncio.gather(*(set_team(practice, member) for member in (doctor, colleague) * 3), return_exceptions=True)

    assert all(isinstance(outcome, pb.CareTeam) or outcome.code == "care_team_changed" for outcome in outcomes), outcomes
    await practice.environment.settle()
    restricted, members = await team(practice)
    assert restricted
    for person in (doctor, colleague):
        if str(person.user_id) in members:
            assert (await person.get(note.id)).id == note.id
        else:
            with pytest.raises(NotFound):
                await person.get(note.id)


async def test_broken_glass_opens_one_record_to_one_user_for_an_hour_and_every_line_says_so(practice, doctor, colleague):
    note, plain = await colleague.write(), await replace(practice, client_id=await practice.new_client()).write()
    await set_team(practice, doctor)
    broken = await break_glass(colleague)
    assert broken.expires_at.ToMilliseconds() - broken.granted_at.ToMilliseconds() == 3_600_000
    (event,) = await practice.environment.emitted(events_pb2.GlassBroken, practice.workspace_id)
    assert (event.break_glass_id, event.client_id, event.user_id) == (broken.id, practice.client_id, str(colleague.user_id))

    await colleague.get(note.id)
    await colleague.autosave(note, plan="rest")
    await colleague.page()
    await colleague.get(plain.id)
    await doctor.get(note.id)
    marked = {}
    for line in await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id):
        if line.user_id in {str(colleague.user_id), str(doctor.user_id)} and line.event_type in {
            "get_session",
            "save_draft",
            "list_sessions",
        }:
            marked[line.user_id == str(colleague.user_id), line.event_type, line.resource_id] = line.facts.get("break_glass_id")
    assert marked == {
        (True, "get_session", note.id): broken.id,
        (True, "save_draft", note.id): broken.id,
        (True, "list_sessions", ""): broken.id,
        (True, "get_session", plain.id): None,
        (False, "get_session", note.id): None,
    }
    async with practice.environment.superuser() as db:
        for service in ("clients", "clinical", "scheduling"):
            await db.execute(f"UPDATE {service}.broken_glass SET expires_at = now() WHERE client_id = $1", UUID(practice.client_id))
    with pytest.raises(NotFound):
        await colleague.get(note.id)
    again = await break_glass(colleague, "Still unconscious, and alone.")
    assert again.id != broken.id
    assert (await colleague.get(note.id)).id == note.id


async def test_glass_is_broken_by_a_person_who_treats_and_only_where_there_is_any(practice, doctor, colleague):
    with pytest.raises(Conflict) as whole:
        await break_glass(colleague)
    assert whole.value.code == "glass_not_needed"
    await set_team(practice, doctor)
    for scopes in ({"clients:read", "sessions:read", "sessions:write"}, {"clients:read"}):
        with pytest.raises(Forbidden):
            await break_glass(colleague.only(*scopes))


async def test_search_and_totals_know_nothing_of_hidden_notes_in_the_index_or_before_it(practice, doctor, colleague):
    other = replace(colleague, client_id=await practice.new_client())
    hidden, shown = await colleague.write(subjective="panic attacks"), await other.write(subjective="panic buying")
    await set_team(practice, doctor)
    for _ in range(2):
        page = await colleague.page(search="panic")
        assert ([note.id for note in page.items], page.total) == ([shown.id], 1)
        assert (await colleague.page(search="attacks")).total == 0
        assert (await doctor.page(search="panic")).total == 2
        await take_in(practice)
    await practice.environment.settle()
    assert (await colleague.page()).total == 1
    assert (await colleague.page(include_deleted=True)).total == 1
    assert set(await doctor.ids()) == {hidden.id, shown.id}


async def test_the_total_with_deleted_notes_has_neither_hidden_ones_nor_those_whose_time_is_over(practice, doctor, colleague):
    other = replace(colleague, client_id=await practice.new_client())
    fresh = []
    for whose in (colleague, other):
        over, kept = await whose.write(), await whose.write()
        for note in (over, kept):
            await whose.delete(note)
        await grow_old(practice, over, 31)
        fresh.append(kept.id)
    await set_team(practice, doctor)

    for reader, listed in ((colleague, fresh[1:]), (doctor, fresh)):
        for asked in ({}, {"is_draft": True}):
            page = await reader.page(include_deleted=True, **asked)
            assert ({note.id for note in page.items}, page.total) == (set(listed), len(listed)), asked


async def test_what_is_left_of_an_erased_client_stays_closed(practice, doctor, colleague):
    await set_team(practice, doctor)
    await break_glass(colleague)
    await replace(doctor, scopes=None).erase(practice.client_id)
    await practice.environment.settle()
    async with practice.environment.superuser() as db:
        row = await db.fetchrow("SELECT restricted, user_ids FROM clinical.client_access WHERE client_id = $1", UUID(practice.client_id))
        assert (row["restricted"], row["user_ids"]) == (True, [])
        for service in ("clients", "clinical", "scheduling"):
            assert not await db.fetch(f"SELECT FROM {service}.broken_glass WHERE client_id = $1", UUID(practice.client_id))
        assert not await db.fetch("SELECT FROM clients.client_access WHERE client_id = $1", UUID(practice.client_id))
    await tell(practice, 10**17, restricted=False)
    async with practice.environment.superuser() as db:
        assert await db.fetchval("SELECT restricted FROM clinical.client_access WHERE client_id = $1", UUID(practice.client_id))


async def test_answers_that_are_given_once_more_tell_nothing_of_a_record_that_was_closed_since(practice, doctor, colleague):
    def repeated(method, request):
        return lambda: method(request, replace(colleague.call, idempotency_key="once"))

    environment = practice.environment
    plan = await environment.stub(PlansStub).CreatePlan(
        plans_pb2.CreatePlanRequest(client_id=practice.client_id, title="Knee"), practice.call
    )
    note = await colleague.write()
    created = repeated(environment.stub(ClientsStub).CreateClient, clients_pb2.CreateClientRequest(first_name="Ada", last_name="King"))
    told = [
        repeated(environment.stub(MilestonesStub).CreateMilestone, milestones_pb2.CreateMilestoneRequest(plan_id=plan.id, title="Walks")),
        repeated(environment.stub(MeasuresStub).RecordMeasure, measures_pb2.RecordMeasureRequest(plan_id=plan.id, name="Pain", value=7)),
        repeated(
            colleague.sessions.CreateSession,
            sessions_pb2.CreateSessionRequest(client_id=practice.client_id, session_date=note.session_date),
        ),
        created,
        repeated(
            environment.stub(ClientsStub).UpdateClient,
            clients_pb2.UpdateClientRequest(client_id=practice.client_id, notes="Limps.", mask=FieldMask(paths=["notes"])),
        ),
        repeated(
            colleague.sessions.SaveDraft,
            sessions_pb2.SaveDraftRequest(session_id=note.id, plan="Rest.", mask=FieldMask(paths=["plan"])),
        ),
    ]
    for again in told:
        assert await again() == await again()

    for client_id in (practice.client_id, (await created()).id):
        await set_team(replace(practice, client_id=client_id), doctor)
    for again in told:
        with pytest.raises((Forbidden, NotFound)):
            await again()


async def test_whoever_sets_and_reviews_without_opening_the_record_is_answered_once_more(practice, doctor, colleague):
    call = replace(practice.call, idempotency_key="once")
    assert await set_team(practice, doctor, call=call) == await set_team(practice, doctor, call=call)
    broken = await break_glass(colleague)
    request = pb.ReviewBrokenGlassRequest(break_glass_id=broken.id, review=pb.REVIEW_JUSTIFIED)
    stub = practice.environment.stub(CareTeamsStub)
    assert await stub.ReviewBrokenGlass(request, call) == await stub.ReviewBrokenGlass(request, call)
