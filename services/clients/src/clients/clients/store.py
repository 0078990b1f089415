"""The statements over clients. Row security limits every statement to the caller's workspace."""

from sqlalchemy import (
    ARRAY,
    Integer,
    LargeBinary,
    SmallInteger,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.dml import ReturningInsert, Update

from chassis.db.statement import command, query
from chassis.rpc.server import idempotency
from clients.tables import clients, index_tokens, match_keys, merges, tombstones, workspace_revisions

# So many clients with one e-mail address, phone number or external id are found by it.
MAX_EXACT_MATCHES = 1_000
# Changes are read in batches of this size, so that catching up with a large workspace does not block other requests.
MAX_CHANGES = 500

_ids = bindparam("ids", type_=ARRAY(Uuid))
_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_index_tokens = bindparam("index_tokens", type_=ARRAY(LargeBinary))

# All writers of a workspace lock this row. A call's last statement takes the lock, after the client's own row, so it
# is held during the commit only and two calls never wait for each other in a circle.
_next_revision = (
    upsert(workspace_revisions)
    .values(workspace_id=_workspace, revision=1)
    .on_conflict_do_update(constraint="pk_directory", set_={"revision": workspace_revisions.c.revision + 1})
    .returning(workspace_revisions.c.revision)
    .cte("next_revision")
)
_revision = select(_next_revision.c.revision).scalar_subquery()

_values = {
    "version": bindparam("version"),
    "revision": _revision,
    "sealed": bindparam("sealed"),
    "sealed_name": bindparam("sealed_name"),
    "external_id_index": bindparam("external_id_index"),
    "is_active": bindparam("is_active"),
    "consent_status": bindparam("consent_status"),
    "time_zone": bindparam("time_zone"),
    "merged_into": bindparam("merged_into", type_=Uuid),
    "updated_at": bindparam("updated_at"),
    "index_version": bindparam("index_version", type_=Integer),
}


def _add_tokens() -> ReturningInsert[tuple[bytes]]:
    tokens = select(_workspace.label("workspace_id"), _id.label("client_id"), func.unnest(_index_tokens).label("term"))
    added = upsert(index_tokens).from_select(["workspace_id", "client_id", "term"], tokens).on_conflict_do_nothing()
    return added.returning(index_tokens.c.term)


_matched = (
    func.unnest(
        bindparam("match_kinds", type_=ARRAY(SmallInteger)),
        bindparam("match_versions", type_=ARRAY(Integer)),
        bindparam("match_tokens", type_=ARRAY(LargeBinary)),
    )
    .table_valued(column("kind", SmallInteger()), column("index_version", Integer()), column("token", LargeBinary()), name="matched")
    .render_derived()
)


def _set_match_keys() -> ReturningInsert[tuple[int]]:
    given = upsert(match_keys).from_select(
        ["workspace_id", "client_id", "kind", "index_version", "token"],
        select(_workspace, _id, _matched.c.kind, _matched.c.index_version, _matched.c.token),
    )
    return given.on_conflict_do_update(
        constraint="pk_match_keys", set_={"token": given.excluded.token}, where=match_keys.c.token != given.excluded.token
    ).returning(match_keys.c.kind)


create = command(
    insert(clients)
    .values(workspace_id=_workspace, id=_id, created_at=bindparam("created_at"), **_values)
    .add_cte(_add_tokens().cte("tokens_added"), _set_match_keys().cte("match_keys_set"))
)

get_for_update = command(select(clients).where(clients.c.id == _id).with_for_update())

# Waits for whoever is erasing or merging the client.
confirm = command(select(clients.c.id, clients.c.merged_into).where(clients.c.id == _id).with_for_update(read=True, key_share=True))

_remove_tokens = (
    delete(index_tokens)
    .where(index_tokens.c.client_id == _id)
    .where(index_tokens.c.term != all_(_index_tokens))
    .returning(index_tokens.c.term)
)

_is_matched = exists().where(_matched.c.kind == match_keys.c.kind, _matched.c.index_version == match_keys.c.index_version)
_remove_match_keys = delete(match_keys).where(match_keys.c.client_id == _id, ~_is_matched).returning(match_keys.c.kind)


def _with_tokens(change: Update) -> Update:
    """The change, with the client's tokens made anew."""
    return change.add_cte(
        _remove_tokens.cte("tokens_removed"),
        _add_tokens().cte("tokens_added"),
        _remove_match_keys.cte("match_keys_removed"),
        _set_match_keys().cte("match_keys_set"),
    )


change = command(_with_tokens(update(clients).where(clients.c.id == _id).values(**_values)))

_external_ids = bindparam("external_ids", type_=ARRAY(LargeBinary))
# Of others than these, under whichever key. Read after a write, which every other writer of the workspace waits for.
holders_of_external_ids = query(
    select(clients.c.id).where(clients.c.external_id_index == any_(_external_ids), clients.c.id != all_(_ids)).limit(1)
)

# --- when the key for indexes is changed

_of_today = bindparam("index_version", type_=Integer)
waits_for_index = query(select(clients.c.id).where(clients.c.index_version != _of_today).limit(1))
# Passes over what somebody is changing: it gets today's tokens by that, or is found again.
next_for_index = command(
    select(clients)
    .where(clients.c.index_version != _of_today, clients.c.id > bindparam("after", type_=Uuid))
    .order_by(clients.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, key_share=True)
)
# The record stays as it is, so it is no revision of it.
index_again = command(
    _with_tokens(update(clients).where(clients.c.id == _id).values({name: value for name, value in _values.items() if name != "revision"}))
)
_of_versions = match_keys.c.index_version == any_(bindparam("versions", type_=ARRAY(Integer)))
unforgotten = query(select(match_keys.c.kind).where(_of_versions).limit(1))
_forgotten = (
    select(match_keys.c.client_id, match_keys.c.kind, match_keys.c.index_version)
    .where(_of_versions)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("forgotten")
)
forget_match_keys = command(
    delete(match_keys).where(
        match_keys.c.client_id == _forgotten.c.client_id,
        match_keys.c.kind == _forgotten.c.kind,
        match_keys.c.index_version == _forgotten.c.index_version,
    )
)

# Of the client who is erased, the clients who were merged into it, and into these.
merged_into = query(select(clients.c.id).where(clients.c.merged_into == any_(_ids)))

erase = command(delete(clients).where(clients.c.id == _id).returning(clients.c.id, clients.c.version))
add_tombstone = command(insert(tombstones).values(workspace_id=_workspace, id=_id, revision=_revision))

# A merge of the client whose history is not all where it belongs: on its way, or left when its job was cancelled or failed.
unfinished_merge = query(
    select(merges.c.job_id)
    .where(or_(merges.c.merged_id == _id, merges.c.survivor_id == _id), merges.c.undone_at.is_(None))
    .where(or_(merges.c.moved_at.is_(None), merges.c.undo_requested_at.is_not(None)))
    .limit(1)
)

# Of several clients, one from whom another one is being parted, or was to be when that ended before its time.
unfinished_parting = query(
    select(merges.c.job_id)
    .where(merges.c.survivor_id == any_(_ids), merges.c.undo_requested_at.is_not(None), merges.c.undone_at.is_(None))
    .limit(1)
)

get_many = query(select(clients).where(clients.c.id == any_(_ids)))

get_names = query(
    select(clients.c.id, clients.c.version, clients.c.is_active, clients.c.merged_into, clients.c.sealed_name).where(
        clients.c.id == any_(_ids)
    )
)

# The clients of a page and, from the same snapshot, the workspace's revision.
page_with_revision = query(
    select(workspace_revisions.c.revision.label("as_of"), clients).select_from(
        workspace_revisions.outerjoin(
            clients, and_(clients.c.workspace_id == workspace_revisions.c.workspace_id, clients.c.id == any_(_ids))
        )
    )
)

_with_token = select(index_tokens.c.client_id).where(index_tokens.c.term == any_(bindparam("tokens", type_=ARRAY(LargeBinary))))
# The number of somebody who was merged stays theirs, and finds who is left of all merges.
_numbered = (
    select(clients.c.workspace_id, clients.c.id, clients.c.merged_into)
    .where(clients.c.external_id_index == any_(_external_ids))
    .cte("numbered", recursive=True)
)
_into = clients.alias("into")
_numbered = _numbered.union(
    select(_into.c.workspace_id, _into.c.id, _into.c.merged_into).where(
        _into.c.workspace_id == _numbered.c.workspace_id, _into.c.id == _numbered.c.merged_into
    )
)
_with_external_id = select(_numbered.c.id).where(_numbered.c.merged_into.is_(None))
exact_matches = query(union_all(_with_token, _with_external_id).limit(MAX_EXACT_MATCHES))

# Who was merged into another is in no list, as if erased.
_listed_name = case((clients.c.merged_into.is_(None), clients.c.sealed_name), else_=cast(null(), LargeBinary)).label("sealed_name")

# How a client is now. Its version is 0 and its name null if it was erased; nothing of one that never was.
state_of = query(
    union_all(
        select(clients.c.version, clients.c.revision, _listed_name).where(clients.c.id == _id),
        select(literal(0), tombstones.c.revision, cast(null(), LargeBinary)).where(tombstones.c.id == _id),
    )
)

_since = bindparam("since", type_=clients.c.revision.type)
_changed = (
    select(
        clients.c.id,
        clients.c.revision,
        clients.c.version,
        clients.c.is_active,
        _listed_name,
    )
    .where(clients.c.revision > _since)
    .order_by(clients.c.revision)
    .limit(MAX_CHANGES)
)
_erased = (
    select(tombstones.c.id, tombstones.c.revision, literal(0), literal(False), cast(null(), LargeBinary))
    .where(tombstones.c.revision > _since)
    .order_by(tombstones.c.revision)
    .limit(MAX_CHANGES)
)
# The next batch of changes after a revision, in order. `sealed_name` is null if the client was erased, or merged.
changes_since = query(union_all(_changed.subquery().select(), _erased.subquery().select()).order_by("revision").limit(MAX_CHANGES))

forget_answers = idempotency.forget_answers("clients")
