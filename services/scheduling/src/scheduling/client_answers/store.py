"""Statements on what a client answers. Row security limits every one to the caller's workspace."""

from sqlalchemy import BigInteger, DateTime, Text, Uuid, bindparam, literal, update

from chassis.db.statement import command
from scheduling.tables import appointments

_a = appointments.c
_now = bindparam("now", type_=DateTime(timezone=True))
_said_at = bindparam("said_at", type_=DateTime(timezone=True))
_answered = {"sealed": bindparam("sealed", type_=_a.sealed.type), "version": _a.version + literal(1, BigInteger), "updated_at": _now}
_this = _a.id == bindparam("id", type_=Uuid)

confirm = command(update(appointments).where(_this).values(confirmed_at=_said_at, cancellation_asked_at=None, **_answered))

ask_to_cancel = command(update(appointments).where(_this).values(confirmed_at=None, cancellation_asked_at=_said_at, **_answered))

_cancelled = {"status": literal("cancelled", Text), "cancelled_at": _now, "cancellation_asked_at": None}
cancel = command(update(appointments).where(_this).values(**_cancelled, **_answered))
