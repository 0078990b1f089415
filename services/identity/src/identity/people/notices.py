"""Tells a person by mail what has become of their account."""

from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from chassis.work.unit_of_work import UnitOfWork


def raise_notice(work: UnitOfWork, user_id: UUID, notice: events_pb2.SecurityNotice) -> None:
    """Notifications mails it; the event holds ids alone."""
    work.emit(events_pb2.SecurityNoticeRaised(notice_id=str(uuid7()), user_id=str(user_id), notice=notice))
