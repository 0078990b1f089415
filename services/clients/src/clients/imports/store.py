"""Statements that create many clients at a time. Row security limits every statement to the caller's workspace."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import TypeEngine

from chassis.db.statement import command, query
from clients.tables import ACCESS, clients, consents, imported_clients, index_tokens, match_keys, tombstones, workspace_revisions

_workspace = bindparam("workspace_id", type_=Uuid)
_now = bindparam("now", type_=clients.c.created_at.type)
_number = bindparam("number", type_=Integer)

_asked = (
    func.unnest(bindparam("indexes", type_=ARRAY(LargeBinary)))
    .table_valued(column("external_id_index", LargeBinary()), name="asked")
    .render_derived()
)
# The order leads through the one index that has it. While statistics do not know the workspace, which an import fills, PostgreSQL expects one row
# of it, and would read all of them by any other index for what it is asked for.
_next = (
    select(clients.c.external_id_index)
    .where(clients.c.external_id_index >= _asked.c.external_id_index)
    .order_by(clients.c.external_id_index)
    .limit(1)
    .lateral("next")
)
taken_external_ids = query(
    select(_next.c.external_id_index).select_from(_asked.join(_next, _next.c.external_id_index == _asked.c.external_id_index))
)

# A revision for each of them: whoever reads changes in batches may begin the next one between any two.
_last_revision = (
    upsert(workspace_revisions)
    .values(workspace_id=_workspace, revision=_number)
    .on_conflict_do_update(constraint="pk_directory", set_={"revision": workspace_revisions.c.revision + _number})
    .returning(workspace_revisions.c.revision)
    .cte("last_revision")
)
_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "sealed": LargeBinary(),
    "sealed_name": LargeBinary(),
    "external_id_index": LargeBinary(),
    "is_active": Boolean(),
    "consent_status": Boolean(),
    "time_zone": Text(),
    "index_version": Integer(),
}
_given = (
    func.unnest(*(bindparam(name, type_=ARRAY(type_)) for name, type_ in _COLUMNS.items()))
    .table_valued(*(column(name, type_) for name, type_ in _COLUMNS.items()), with_ordinality="position", name="given")
    .render_derived()
)
_tokens = (
    func.unnest(bindparam("token_clients", type_=ARRAY(Uuid)), bindparam("tokens", type_=ARRAY(LargeBinary)))
    .table_valued(column("client_id", Uuid()), column("term", LargeBinary()), name="tokens")
    .render_derived()
)
_matched = (
    func.unnest(
        bindparam("matched_clients", type_=ARRAY(Uuid)),
        bindparam("match_kinds", type_=ARRAY(SmallInteger)),
        bindparam("match_versions", type_=ARRAY(Integer)),
        bindparam("match_tokens", type_=ARRAY(LargeBinary)),
    )
    .table_valued(
        column("client_id", Uuid()),
        column("kind", SmallInteger()),
        column("index_version", Integer()),
        column("token", LargeBinary()),
        name="matched",
    )
    .render_derived()
)
# The parameters are arrays: a value for each client, for each index token its client and itself, and for each match key its client, its kind, its key and itself.
create_many = command(
    insert(clients)
    .from_select(
        ["workspace_id", "version", "revision", "created_at", "updated_at", *_COLUMNS],
        select(
            _workspace,
            literal(1),
            select(_last_revision.c.revision).scalar_subquery() - _number + _given.c.position,
            _now,
            _now,
            *(_given.c[name] for name in _COLUMNS),
        ),
    )
    .add_cte(
        insert(imported_clients)
        .from_select(["workspace_id", "job_id", "client_id"], select(_workspace, bindparam("job_id", type_=Uuid), _given.c.id))
        .returning(imported_clients.c.client_id)
        .cte("remembered"),
        insert(index_tokens)
        .from_select(["workspace_id", "client_id", "term"], select(_workspace, _tokens.c.client_id, _tokens.c.term))
        .returning(index_tokens.c.client_id)
        .cte("tokens_added"),
        insert(match_keys)
        .from_select(
            ["workspace_id", "client_id", "kind", "index_version", "token"],
            select(_workspace, _matched.c.client_id, _matched.c.kind, _matched.c.index_version, _matched.c.token),
        )
        .returning(match_keys.c.client_id)
        .cte("match_keys_added"),
    )
)
COLUMNS = tuple(_COLUMNS)

_job = bindparam("job_id", type_=Uuid)
_has_consents = select(literal(1)).where(consents.c.client_id == clients.c.id).exists()
# Nobody erases in a batch whom not everybody may open.
_is_restricted = select(literal(1)).where(ACCESS.teams.c.client_id == clients.c.id, ACCESS.teams.c.restricted).exists()
# It is all that is left of both.
_duplicates = clients.alias("duplicates")
_is_survivor = (
    select(literal(1)).where(_duplicates.c.workspace_id == clients.c.workspace_id, _duplicates.c.merged_into == clients.c.id).exists()
)
_is_used = or_(_has_consents, _is_restricted, _is_survivor)
# Those of an import that are there still, and what is to be known of them.
next_imported = query(
    select(clients.c.id, or_(clients.c.version > 1, _is_used).label("is_changed"))
    .join(
        imported_clients,
        (imported_clients.c.workspace_id == clients.c.workspace_id) & (imported_clients.c.client_id == clients.c.id),
    )
    .where(imported_clients.c.job_id == _job, clients.c.id > bindparam("after", type_=Uuid))
    .order_by(clients.c.id)
    .limit(bindparam("limit", type_=Integer))
)
count_imported = query(select(func.count().label("number")).select_from(imported_clients).where(imported_clients.c.job_id == _job))
_ids = bindparam("ids", type_=ARRAY(Uuid))
# So that nothing is recorded of them until the commit.
lock_unchanged = command(
    select(clients.c.id).where(clients.c.id == any_(_ids), clients.c.version == 1).order_by(clients.c.id).with_for_update()
)
# Only those that are as they were imported.
erase_unchanged = command(
    delete(clients).where(clients.c.id == any_(_ids), clients.c.version == 1, ~_is_used).returning(clients.c.id, clients.c.version)
)
_gone = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
    .table_valued(column("id", Uuid()), with_ordinality="position", name="gone")
    .render_derived()
)
add_tombstones = command(
    insert(tombstones).from_select(
        ["workspace_id", "id", "revision"],
        select(_workspace, _gone.c.id, select(_last_revision.c.revision).scalar_subquery() - _number + _gone.c.position),
    )
)
