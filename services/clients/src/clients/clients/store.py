"""Where clients are kept. Row security confines every statement to the caller's workspace."""

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.dml import ReturningInsert

from chassis.db.statement import statement
from clients.tables import clients, directory, erasures, terms

# Names that fall in more places than this are no narrower than looking through everybody.
CANDIDATES = 2_000
# Read in batches, so that a long list neither fills memory nor holds up everybody else's requests.
CHANGES = 2_000

_ids = bindparam("ids", type_=ARRAY(Uuid))
_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_terms = bindparam("terms", type_=ARRAY(LargeBinary))

# The one hot row of a workspace: it is locked by a call's last statement and after the client's own row, so that
# it is held for the commit alone and two calls never wait for each other.
_next_revision = (
    upsert(directory)
    .values(workspace_id=_workspace, revision=1)
    .on_conflict_do_update(constraint="pk_directory", set_={"revision": directory.c.revision + 1})
    .returning(directory.c.revision)
    .cte("next_revision")
)
_revision = select(_next_revision.c.revision).scalar_subquery()

_written = {
    "version": bindparam("version"),
    "revision": _revision,
    "sealed": bindparam("sealed"),
    "sealed_name": bindparam("sealed_name"),
    "external_id_index": bindparam("external_id_index"),
    "is_active": bindparam("is_active"),
    "consent_status": bindparam("consent_status"),
    "time_zone": bindparam("time_zone"),
    "updated_at": bindparam("updated_at"),
}


def _terms_added() -> ReturningInsert[tuple[bytes]]:
    rows = select(_workspace.label("workspace_id"), _id.label("client_id"), func.unnest(_terms).label("term"))
    return upsert(terms).from_select(["workspace_id", "client_id", "term"], rows).on_conflict_do_nothing().returning(terms.c.term)


create = statement(
    insert(clients)
    .values(workspace_id=_workspace, id=_id, created_at=bindparam("created_at"), **_written)
    .add_cte(_terms_added().cte("terms_added"))
)

lock = statement(select(clients).where(clients.c.id == _id).with_for_update())

change = statement(
    update(clients)
    .where(clients.c.id == _id)
    .values(**_written)
    .add_cte(delete(terms).where(terms.c.client_id == _id).where(terms.c.term != all_(_terms)).returning(terms.c.term).cte("terms_gone"))
    .add_cte(_terms_added().cte("terms_added"))
)

erase = statement(delete(clients).where(clients.c.id == _id).returning(clients.c.id))
note_erasure = statement(insert(erasures).values(workspace_id=_workspace, id=_id, revision=_revision))

several = statement(select(clients).where(clients.c.id == any_(_ids)))

is_active = statement(select(clients.c.is_active).where(clients.c.id == _id))

names = statement(select(clients.c.id, clients.c.version, clients.c.sealed_name).where(clients.c.id == any_(_ids)))

# The clients of a page and, of the same instant, the revision up to which the list they were taken from must reach.
page = statement(
    select(directory.c.revision.label("as_of"), clients).select_from(
        directory.outerjoin(clients, and_(clients.c.workspace_id == directory.c.workspace_id, clients.c.id == any_(_ids)))
    )
)

with_any = statement(select(terms.c.client_id).where(terms.c.term == any_(_terms)))

# One more than is of use, which tells that there are too many.
candidates = statement(select(terms.c.client_id).where(terms.c.term == bindparam("term")).limit(CANDIDATES + 1))

_since = bindparam("since", type_=clients.c.revision.type)
_changed = (
    select(clients.c.id, clients.c.revision, clients.c.version, clients.c.is_active, clients.c.sealed_name)
    .where(clients.c.revision > _since)
    .order_by(clients.c.revision)
    .limit(CHANGES)
)
_erased = (
    select(erasures.c.id, erasures.c.revision, literal(0), literal(False), cast(null(), LargeBinary))
    .where(erasures.c.revision > _since)
    .order_by(erasures.c.revision)
    .limit(CHANGES)
)
# What a list that knows everything up to `since` has to learn next; sealed_name is null where a client was erased.
changes = statement(union_all(_changed.subquery().select(), _erased.subquery().select()).order_by("revision").limit(CHANGES))
