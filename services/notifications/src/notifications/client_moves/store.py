"""Statements that give reminders, and the copies of appointments, to another client. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, Integer, Table, Uuid, any_, bindparam, select, update

from chassis.db.statement import Statement, command
from notifications.tables import appointments, reminders


def _next(table: Table) -> Statement:
    in_order = select(table.c.id).where(table.c.client_id == bindparam("client_id", type_=Uuid)).order_by(table.c.id)
    return command(in_order.limit(bindparam("limit", type_=Integer)).with_for_update())


def _give(table: Table) -> Statement:
    """Returns no row of what is another client's by now, or gone."""
    ids = bindparam("ids", type_=ARRAY(Uuid))
    return command(
        update(table)
        .where(table.c.id == any_(ids), table.c.client_id == bindparam("from_id", type_=Uuid))
        .values(client_id=bindparam("to_id", type_=Uuid))
        .returning(table.c.id)
    )


TABLES = {table.name: (_next(table), _give(table)) for table in (appointments, reminders)}
