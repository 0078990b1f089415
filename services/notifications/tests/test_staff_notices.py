"""Mails about co-signatures and reviews: to a supervisor, to whoever may decide in their place, to whom a note is returned, and to those who review broken glass. None says of whose record it is."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clinical.v1 import events_pb2
from caseload.identity.v1 import departments_pb2, users_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from chassis.auth.tokens import ServiceSigner
from chassis.events.signatures import EventSigner
from chassis.work.envelope import Envelope
from identity.people.registration import add_user

from .conftest import open_practice

OVERDUE = "A note waits for your co-signature"
UNATTENDED = "A note waits for a co-signature, and nobody is there to give it"
RETURNED = "A note was returned to you"


async def announce(practice, event, *, at=None):
    """What a service announces, delivered twice."""
    service = event.DESCRIPTOR.full_name.split(".")[1]
    envelope = Envelope(uuid7(), practice.workspace_id, event.DESCRIPTOR.full_name, event.SerializeToString(), at or datetime.now(UTC))
    key = (practice.environment.folder / "service-keys" / f"{service}.key").read_bytes()
    (signature,) = EventSigner(ServiceSigner(service, key)).sign([envelope])
    for _ in range(2):
        await practice.environment.broker.publish(replace(envelope, signature=signature))


async def overdue(practice, supervisor_id=None, own=(), care_team=(), supervisee_id=None):
    supervisor = str(supervisor_id) if supervisor_id else None
    whose = {"own_user_ids": sorted(map(str, own)), "care_team_user_ids": sorted(map(str, care_team))}
    whose |= {"supervisee_id": str(supervisee_id)} if supervisee_id else {}
    await announce(practice, events_pb2.CosignatureOverdue(session_id=str(uuid7()), supervisor_id=supervisor, **whose))


async def sent(practice, number):
    """The subjects of the workspace's mails by who got them, when so many are sent."""

    async def are_sent():
        rows = await practice.look("SELECT status FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
        return [row["status"] for row in rows] == ["sent"] * number

    await practice.until(are_sent)
    rows = await practice.look("SELECT user_id FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
    return sorted(str(row["user_id"]) for row in rows)


@pytest.fixture
async def join(practice):
    """Adds a user with a role to the practice, and returns their id and address."""
    identity = practice.environment.runtime("identity")

    async def joined(role: str, *, to=practice) -> tuple[UUID, str]:
        keys = await identity.keys.of(to.workspace_id)
        user = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
        async with identity.background(to.workspace_id) as work:
            await add_user(work, identity.keyring, keys, user, role=role)
        return UUID(user.id), user.email

    return joined


async def test_a_supervisor_is_mailed_once_for_each_missed_deadline(practice):
    await overdue(practice, practice.owner_id)

    await sent(practice, 1)
    (mail,) = practice.mail_server.to(practice.owner_email)
    assert mail["Subject"] == OVERDUE
    for part in ("plain", "html"):
        assert "Hello Henrietta Castellanos," in mail.get_body((part,)).get_content()


@pytest.mark.parametrize("supervisor", ["none", "inactive", "unknown"])
async def test_those_who_may_decide_are_mailed_where_no_supervisor_is_there(practice, join, supervisor):
    therapist_id, therapist = await join("therapist")
    second_owner_id, _ = await join("owner")
    gone_id, gone = await join("owner")
    users = practice.environment.stub(UsersStub)
    async with practice.environment.superuser() as connection:
        # Nobody else could be deactivated while no administrator has ever signed in.
        await connection.execute("UPDATE identity.users SET last_login_at = now() WHERE id = $1", practice.owner_id)
    for user_id in (gone_id, *([therapist_id] if supervisor == "inactive" else [])):
        await users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(user_id)), practice.call)

    await overdue(practice, {"none": None, "inactive": therapist_id, "unknown": uuid7()}[supervisor])

    assert await sent(practice, 2) == sorted(map(str, (practice.owner_id, second_owner_id)))
    (mail,) = practice.mail_server.to(practice.owner_email)
    assert mail["Subject"] == UNATTENDED
    assert practice.mail_server.to(therapist) == practice.mail_server.to(gone) == []


async def test_whoever_wrote_or_signed_the_note_is_not_asked_to_co_sign_it(practice, join):
    second_owner_id, second_owner = await join("owner")

    await overdue(practice, own=[practice.owner_id])
    assert await sent(practice, 1) == [str(second_owner_id)]
    # Where nobody may, all of them hear that somebody has to be found.
    await overdue(practice, own=[practice.owner_id, second_owner_id])
    await sent(practice, 3)
    assert [len(practice.mail_server.to(address)) for address in (practice.owner_email, second_owner)] == [1, 2]


async def test_nobody_outside_the_care_team_is_asked_to_co_sign_the_note_of_a_restricted_client(practice, join):
    second_owner_id, second_owner = await join("owner")
    therapist_id, therapist = await join("therapist")

    await overdue(practice, care_team=[second_owner_id, therapist_id])
    assert await sent(practice, 1) == [str(second_owner_id)]
    # Where nobody of the team may decide, all of them hear that somebody has to be found.
    await overdue(practice, own=[second_owner_id], care_team=[second_owner_id, therapist_id])
    await sent(practice, 3)
    assert [len(practice.mail_server.to(address)) for address in (practice.owner_email, second_owner, therapist)] == [1, 2, 0]


async def test_a_supervisor_outside_the_care_team_is_not_mailed_about_what_they_cannot_open(practice, join):
    second_owner_id, second_owner = await join("owner")
    supervisor_id, supervisor = await join("therapist")

    await overdue(practice, supervisor_id, care_team=[second_owner_id])
    assert await sent(practice, 1) == [str(second_owner_id)]
    (mail,) = practice.mail_server.to(second_owner)
    assert mail["Subject"] == UNATTENDED
    # One who is of the team is.
    await overdue(practice, supervisor_id, care_team=[second_owner_id, supervisor_id])
    await sent(practice, 2)
    assert [mail["Subject"] for mail in practice.mail_server.to(supervisor)] == [OVERDUE]


@pytest.fixture
async def ward(notifications_environment, mail_server, join):
    """A hospital with an assistant doctor of a department, its head, that of another one, and a supervisor of none."""
    hospital = await open_practice(notifications_environment, mail_server, kind="hospital", role="admin")
    people = {name: await join(role, to=hospital) for name, role in WARD.items()}
    users, departments = (hospital.environment.stub(stub) for stub in (UsersStub, DepartmentsStub))
    for code, names in {"SUR": ("assistant", "head"), "INT": ("another head",)}.items():
        department = await departments.CreateDepartment(departments_pb2.CreateDepartmentRequest(name=code, code=code), hospital.call)
        for name in names:
            works_in = {"department_id": department.id, "mask": FieldMask(paths=["department_id"])}
            await users.UpdateUser(users_pb2.UpdateUserRequest(user_id=str(people[name][0]), **works_in), hospital.call)
    return hospital, people


WARD = {"assistant": "doctor", "head": "head_doctor", "another head": "head_doctor", "supervisor": "doctor"}
MISSED = "A note was not co-signed in time"


async def test_the_head_of_the_department_hears_of_a_missed_deadline_beside_the_supervisor(ward):
    hospital, people = ward
    await overdue(hospital, people["supervisor"][0], own=[people["assistant"][0]], supervisee_id=people["assistant"][0])

    assert await sent(hospital, 2) == sorted(str(people[name][0]) for name in ("supervisor", "head"))
    told = {name: [mail["Subject"] for mail in hospital.mail_server.to(address)] for name, (_, address) in people.items()}
    assert told == {"assistant": [], "head": [MISSED], "another head": [], "supervisor": [OVERDUE]}


async def test_the_head_of_the_department_is_mailed_where_no_supervisor_is_there(ward):
    hospital, people = ward
    await overdue(hospital, own=[people["assistant"][0]], supervisee_id=people["assistant"][0])

    assert await sent(hospital, 2) == sorted(map(str, (hospital.owner_id, people["head"][0])))
    assert [mail["Subject"] for mail in hospital.mail_server.to(people["head"][1])] == [UNATTENDED]


async def test_a_head_who_may_not_decide_is_not_mailed(ward):
    """Who signed it too, is not of the care team, or is the supervisor."""
    hospital, people = ward
    head, supervisor, assistant = (people[name][0] for name in ("head", "supervisor", "assistant"))
    await overdue(hospital, supervisor, own=[assistant, head], supervisee_id=assistant)
    await overdue(hospital, supervisor, own=[assistant], care_team=[assistant, supervisor], supervisee_id=assistant)
    await overdue(hospital, head, own=[assistant], supervisee_id=assistant)

    assert await sent(hospital, 3) == sorted(map(str, (supervisor, supervisor, head)))
    assert [mail["Subject"] for mail in hospital.mail_server.to(people["head"][1])] == [OVERDUE]


async def test_the_author_of_a_returned_note_is_mailed_once(practice, join):
    author_id, author = await join("therapist")
    await announce(practice, events_pb2.SessionReturned(session_id=str(uuid7()), user_id=str(author_id)))

    assert await sent(practice, 1) == [str(author_id)]
    (mail,) = practice.mail_server.to(author)
    assert mail["Subject"] == RETURNED
    for part in ("plain", "html"):
        assert "Hello Nora Quist," in mail.get_body((part,)).get_content()


REVIEW_OVERDUE = {
    "en": "An emergency access waits for its review",
    "de-DE": "Ein Notfallzugriff wartet auf seine Prüfung",
}


@pytest.mark.parametrize("locale", REVIEW_OVERDUE)
async def test_an_overdue_review_is_mailed_once_to_each_who_may_give_it_in_the_language_of_the_workspace(
    notifications_environment, mail_server, join, locale
):
    practice = await open_practice(notifications_environment, mail_server, locale=locale)
    second_owner_id, second_owner = await join("owner", to=practice)
    breaker_id, breaker = await join("owner", to=practice)
    _, therapist = await join("therapist", to=practice)

    await announce(practice, clients_events.BreakGlassReviewOverdue(break_glass_id=str(uuid7()), user_id=str(breaker_id)))

    assert await sent(practice, 2) == sorted(map(str, (practice.owner_id, second_owner_id)))
    (mail,) = practice.mail_server.to(second_owner)
    assert mail["Subject"] == REVIEW_OVERDUE[locale]
    assert practice.mail_server.to(breaker) == practice.mail_server.to(therapist) == []


async def test_whoever_broke_the_glass_hears_of_it_where_nobody_else_is_there_to_review_it(practice):
    await announce(practice, clients_events.BreakGlassReviewOverdue(break_glass_id=str(uuid7()), user_id=str(practice.owner_id)))

    assert await sent(practice, 1) == [str(practice.owner_id)]
