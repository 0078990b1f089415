"""Reports of what was done, called over gRPC and compared with a plain count."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import activity_pb2 as pb
from caseload.scheduling.v1 import availability_pb2
from caseload.scheduling.v1.activity_rpc import ActivityReportsStub
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from chassis.errors import Forbidden, Invalid, NotFound
from identity.roles import SCOPES_BY_ROLE

PAID = ("paid", "payment_sent", "waived")
STATUSES = ("scheduled", "completed", "cancelled", "no_show")
DAY = timedelta(days=1)


@pytest.fixture
def manager(member):
    """The owner, who treats."""
    return replace(member, user_id=member.owner_id, scopes=SCOPES_BY_ROLE["owner"])


async def colleague(member):
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Grace Hopper", role=users_pb2.ROLE_THERAPIST)
    return (await member.environment.stub(UsersStub).CreateUser(request, member.call)).id


async def report(member, first="2031-03-03", last="2031-03-09", group_by=pb.ACTIVITY_GROUP_DAY, zone="UTC", **fields):
    request = pb.GetActivityRequest(start_date=first, end_date=last, group_by=group_by, time_zone=zone, **fields)
    return await member.environment.stub(ActivityReportsStub).GetActivity(request, member.call)


async def works(member, practitioner_id, start, end):
    hours = [availability_pb2.WeeklyHours(weekday=day, start=start, end=end) for day in range(5)]
    request = availability_pb2.SetAvailabilityRequest(practitioner_id=str(practitioner_id), time_zone="UTC", weekly=hours)
    await member.environment.stub(AvailabilityStub).SetAvailability(request, member.call)


async def fill(member, practitioners, chance, number):
    """Appointments anywhere in a year, of any status, some deleted, as (practitioner, start, length, status, price, payment status) of those that are not."""
    year = datetime(2031, 1, 1, tzinfo=UTC)
    made = [
        (
            chance.choice(practitioners),
            year + timedelta(minutes=15 * chance.randrange(365 * 96)),
            timedelta(minutes=chance.randrange(5, 200)),
            chance.choice(STATUSES),
            chance.choice([None, Decimal(chance.randrange(20_000)) / 100]),
            chance.choice([None, *PAID]),
            chance.random() < 0.1,
        )
        for _ in range(number)
    ]
    async with member.environment.superuser() as connection:
        await connection.executemany(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, cancelled_at, payment_price, payment_status, paid_at, overbooked, overbooked_by, overbooked_at, deleted_at, sealed, created_by, created_at, updated_at)
            VALUES ($1, $2, $3, $2, $4, $5, tstzrange($4, $5), 'clinic', $6, $7, $9, $10, $11, true, $2, $4, $8, ''::bytea, $2, $4, $4)
            """,
            [
                (
                    member.workspace_id, uuid7(), practitioner, start, start + length, status, start if status == "cancelled" else None,
                    start if gone else None, price, paid, start if paid == "paid" else None,
                )
                for practitioner, start, length, status, price, paid, gone in made
            ],
        )  # fmt: skip
    return [each[:6] for each in made if not each[6]]


async def test_the_numbers_of_any_report_are_those_of_a_plain_count(manager):
    chance = random.Random(20311)
    practitioners = [manager.owner_id, uuid7(), uuid7()]
    there = await fill(manager, practitioners, chance, 600)
    for _ in range(25):
        zone = chance.choice(("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"))
        first = date(2031, 1, 1) + chance.randrange(360) * DAY
        last = first + chance.randrange(366) * DAY
        group_by = chance.choice((pb.ACTIVITY_GROUP_DAY, pb.ACTIVITY_GROUP_WEEK, pb.ACTIVITY_GROUP_MONTH))
        only = {"practitioner_id": str(practitioners[0])} if chance.random() < 0.5 else {}
        found = await report(manager, first.isoformat(), last.isoformat(), group_by, zone, **only)

        days = [
            (start.astimezone(ZoneInfo(zone)).date(), length, status, price, paid)
            for practitioner, start, length, status, price, paid in there
            if not only or practitioner == practitioners[0]
        ]
        edges = [(date.fromisoformat(period.start_date), date.fromisoformat(period.end_date)) for period in found.periods]
        assert [start for start, _ in edges] == [first, *(end + DAY for _, end in edges[:-1])]
        assert edges[-1][1] == last
        for (start, end), period in zip([*edges, (first, last)], [*found.periods, found.total], strict=True):
            counted = Counter(status for day, _, status, *_ in days if start <= day <= end)
            hours = sum((length for day, length, status, *_ in days if start <= day <= end and status in STATUSES[:2]), timedelta())
            assert {status: getattr(period, status) for status in STATUSES} == {status: counted[status] for status in STATUSES}
            assert period.booked == counted.total()
            assert period.hours == pytest.approx(hours / timedelta(hours=1), abs=1e-4)
            for name in ("not_paid", *PAID):
                cost = sum(
                    price
                    for day, _, status, price, paid in days
                    if start <= day <= end
                    and price is not None
                    and (paid or "not_paid") == name
                    and (status != "cancelled" or name == "paid")
                )
                assert Decimal(getattr(period, f"fees_{name}")) == cost


async def test_utilisation_is_the_share_of_the_working_hours_of_those_who_treat_here(manager):
    other = await colleague(manager)
    await works(manager, manager.owner_id, "09:00", "17:00")
    await works(manager, other, "09:00", "13:00")
    await manager.book(practitioner_id=str(manager.owner_id))
    cancelled = await manager.book(practitioner_id=other)
    await manager.change(cancelled, status="cancelled")

    found = await report(manager)
    assert [(period.start_date, period.booked, period.available_hours) for period in found.periods[:2]] == [
        ("2031-03-03", 2, 12),
        ("2031-03-04", 0, 12),
    ]
    assert (found.periods[0].hours, found.periods[0].utilisation, found.total.available_hours) == (1, pytest.approx(1 / 12, abs=1e-4), 60)
    assert not found.periods[6].HasField("utilisation")
    own = await report(manager, practitioner_id=str(manager.owner_id), group_by=pb.ACTIVITY_GROUP_WEEK)
    assert [(period.booked, period.available_hours, period.utilisation) for period in own.periods] == [(1, 40, 1 / 40)]
    await manager.environment.stub(UsersStub).DeactivateUser(users_pb2.DeactivateUserRequest(user_id=other), manager.call)
    assert (await report(manager)).total.available_hours == 40


async def test_numbers_are_ones_own_or_for_those_who_manage(manager, outsider):
    await manager.book(practitioner_id=str(manager.owner_id))
    therapist = replace(manager, user_id=manager.owner_id).only(*SCOPES_BY_ROLE["therapist"])
    assert (await report(therapist, practitioner_id=str(manager.owner_id))).total.booked == 1
    for others in ({}, {"practitioner_id": await colleague(manager)}):
        with pytest.raises(Forbidden):
            await report(therapist, **others)
    stranger = replace(outsider, scopes=SCOPES_BY_ROLE["owner"])
    assert (await report(stranger)).total.booked == 0
    with pytest.raises(NotFound):
        await report(stranger, practitioner_id=str(manager.owner_id))
    # With the two that were refused.
    assert len(await manager.audited("get_activity")) == 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"last": "2031-03-02"}, "report_range_invalid"),
        ({"last": "2032-03-04"}, "report_range_invalid"),
        ({"first": "yesterday"}, "report_range_invalid"),
        ({"zone": "Mars/Olympus"}, "time_zone_unknown"),
    ],
)
async def test_a_report_of_no_time_is_refused(manager, wrong, code):
    with pytest.raises(Invalid) as refused:
        await report(manager, **wrong)
    assert refused.value.code == code
