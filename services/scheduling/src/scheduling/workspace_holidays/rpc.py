"""The Holidays service: each method is one use case and one transaction."""

from datetime import date
from typing import Any

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import holidays_pb2 as pb
from caseload.scheduling.v1.holidays_rpc import HolidaysServicer
from chassis.paging import page
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from scheduling.workspace_holidays import library, rules, store


class Holidays(HolidaysServicer[UnitOfWork]):
    async def ListHolidays(self, request: pb.ListHolidaysRequest, work: UnitOfWork) -> pb.HolidayPage:
        window, wanted = page(request), given(request)
        days = rules.check_days(wanted["start_date"], wanted["end_date"])
        rows = await work.db.all(store.page, **days, skip=window.offset, limit=window.limit)
        total = await work.db.one(store.count, **days)
        return pb.HolidayPage(items=[fill(pb.Holiday(), row) for row in rows], total=total["total"])

    async def AddHoliday(self, request: pb.AddHolidayRequest, work: UnitOfWork) -> pb.Holiday:
        row = await work.db.one(store.add, **_row(work, **rules.check_holiday(given(request))))
        return fill(pb.Holiday(), row)

    async def AddPublicHolidays(self, request: pb.AddPublicHolidaysRequest, work: UnitOfWork) -> pb.PublicHolidays:
        rules.check_year(request.year)
        subdivision = request.subdivision if request.HasField("subdivision") else None
        source = {"country": request.country, "subdivision": subdivision}
        known = library.public_holidays(request.country, subdivision, request.year)
        year = {"first": date(request.year, 1, 1), "last": date(request.year, 12, 31)}

        reply = pb.PublicHolidays()
        for row in await work.db.all(store.of_country, **source, **year):
            kind = reply.unchanged if known.get(row["date"]) == row["name"] else reply.outdated
            fill(kind.add(), row)
        for day, name in known.items():
            row = await work.db.maybe(store.add_unless_there, **_row(work, date=day, name=name, **source, source_version=library.VERSION))
            if row is not None:
                fill(reply.added.add(), row)
        work.note(country=request.country, year=str(request.year), added=str(len(reply.added)))
        return reply

    async def DeleteHoliday(self, request: pb.DeleteHolidayRequest, work: UnitOfWork) -> pb.DeleteHolidayResponse:
        await work.db.one(store.remove, id=request.holiday_id)
        return pb.DeleteHolidayResponse()


def _row(work: UnitOfWork, **values: Any) -> dict[str, Any]:
    own = {"country": None, "subdivision": None, "source_version": None}
    return {**own, **values, "id": uuid7(), "created_by": work.user_id, "created_at": work.now}
