"""Statements about who opens whose record. Row security limits every one to the caller's workspace."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, Column, DateTime, Label, Table, Uuid, any_, bindparam, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.care_teams.tables import AccessTables
from chassis.db.statement import command, query

# Higher than any version that is told: nothing is told of an erased client any more.
_LAST_VERSION = 2**62


class AccessStore:
    """The statements on one service's tables."""

    def __init__(self, tables: AccessTables, records: Mapping[str, Table]) -> None:
        teams, glass = tables.teams, tables.glass
        now = bindparam("now", type_=DateTime(timezone=True))
        client_id = bindparam("client_id", type_=Uuid)
        running = (glass.c.client_id == teams.c.client_id) & (glass.c.workspace_id == teams.c.workspace_id) & (glass.c.expires_at > now)

        def of_running(column: Column[Any], name: str) -> Label[Any]:
            """In one order, so that the users and their grants stand side by side; the grant that runs longest comes first."""
            in_order = aggregate_order_by(column, glass.c.expires_at.desc(), glass.c.id.desc())
            return select(func.array_agg(in_order)).where(running).correlate(teams).scalar_subquery().label(name)

        broken = of_running(glass.c.user_id, "broken_by"), of_running(glass.c.id, "broken_glass")
        restricted = select(teams.c.client_id, teams.c.user_ids, *broken).where(teams.c.restricted)

        self.restricted = query(restricted)
        self.restricted_among = query(restricted.where(teams.c.client_id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
        # Which of some users have broken any glass that is not whole again.
        self.breaking = query(
            select(glass.c.user_id)
            .distinct()
            .where(glass.c.user_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .where(glass.c.expires_at > now)
        )

        told = upsert(teams).values(
            workspace_id=bindparam("workspace_id", type_=Uuid),
            client_id=client_id,
            **{name: bindparam(name, type_=teams.c[name].type) for name in ("version", "restricted", "user_ids")},
        )
        newer = {name: told.excluded[name] for name in ("version", "restricted", "user_ids")}
        self.apply = command(
            told.on_conflict_do_update(constraint="pk_client_access", set_=newer, where=teams.c.version < told.excluded.version)
        )
        self.break_glass = command(
            upsert(glass)
            .values(**{column.name: bindparam(column.name, type_=column.type) for column in glass.columns})
            .on_conflict_do_nothing(constraint="pk_broken_glass")
        )
        # Nobody opens what is left of it, and nothing that is told later changes that.
        self.forget_team = command(
            update(teams).where(teams.c.client_id == client_id).values(version=literal(_LAST_VERSION), user_ids=literal([], ARRAY(Uuid)))
        )
        self.forget_glass = command(delete(glass).where(glass.c.client_id == client_id))
        # The clients of some records, by the name that a request gives to their ids.
        self.clients_of = {
            name: query(select(table.c.client_id).where(table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
            for name, table in records.items()
        }
