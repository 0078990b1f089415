"""Statements on mail that something is reported about. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Table, Text, Uuid, any_, bindparam, literal, update

from chassis.db.statement import Statement, command
from notifications.tables import mails, reminders

_id = bindparam("id", type_=Uuid)


def _bounced(table: Table) -> Statement:
    """Marks what was sent, or may have been, as bounced, and returns it. Nothing else: what a server has refused is known already."""
    return command(
        update(table)
        .where(table.c.id == _id)
        .where(table.c.status == any_(literal(["sent", "sending", "unknown"], ARRAY(Text))))
        .values(status="bounced", sent_at=None, last_error=bindparam("reason"))
        .returning(table)
    )


def _delivered(table: Table) -> Statement:
    """Settles a mail of which nobody knew whether the server took it."""
    return command(
        update(table)
        .where(table.c.id == _id)
        .where(table.c.status == "unknown")
        .values(status="sent", sent_at=bindparam("now", type_=DateTime(timezone=True)), last_error=None)
        .returning(table)
    )


bounced = {"reminder": _bounced(reminders), "mail": _bounced(mails)}
delivered = {"reminder": _delivered(reminders), "mail": _delivered(mails)}
