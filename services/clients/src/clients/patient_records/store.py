"""Statements about patients. Row security limits every statement to the caller's workspace."""

from sqlalchemy import ARRAY, BigInteger, Integer, LargeBinary, Uuid, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from clients.tables import clients, patient_numbers, patients, tombstones, workspace_revisions

# Changes are read in batches of this size, so that catching up with a large workspace does not block other requests.
MAX_CHANGES = 2_000
# How the client's columns begin where they are read with the patient's.
CLIENT = "client_"

_workspace = bindparam("workspace_id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_taken = bindparam("taken", type_=BigInteger)
_counter = patient_numbers.c

# A new patient's place in the list, and a number that nobody had.
next_number = command(
    upsert(patient_numbers)
    .values(workspace_id=_workspace, last_position=1, last_number=1)
    .on_conflict_do_update(
        constraint="pk_patient_numbers",
        set_={"last_position": _counter.last_position + 1, "last_number": _counter.last_number + 1},
    )
    .returning(_counter.last_position, _counter.last_number)
)
# The same for one who brings an id along: no number up to `taken` is given to anybody later.
next_position = command(
    upsert(patient_numbers)
    .values(workspace_id=_workspace, last_position=1, last_number=_taken)
    .on_conflict_do_update(
        constraint="pk_patient_numbers",
        set_={"last_position": _counter.last_position + 1, "last_number": func.greatest(_counter.last_number, _taken)},
    )
    .returning(_counter.last_position)
)

create = command(
    insert(patients).values(
        workspace_id=_workspace,
        client_id=_client_id,
        version=bindparam("version"),
        position=bindparam("position"),
        id_index=bindparam("id_index"),
        sealed=bindparam("sealed"),
        index_version=bindparam("index_version"),
    )
)
# Bound columns are set again with the seal, to what they are.
change = command(
    update(patients)
    .where(patients.c.client_id == _client_id)
    .values(version=bindparam("version"), position=bindparam("position"), id_index=bindparam("id_index"), sealed=bindparam("sealed"))
)

_of_client = [column.label(f"{CLIENT}{column.name}") for column in clients.columns if column.name not in {"workspace_id", "id"}]
_both = (patients.c.workspace_id == clients.c.workspace_id) & (patients.c.client_id == clients.c.id)
_joined = select(patients, *_of_client).join(clients, _both)

_with_id = patients.c.id_index == any_(bindparam("id_indexes", type_=ARRAY(LargeBinary)))
find = query(select(patients.c.client_id).where(_with_id))
# Whoever changes a patient has locked the client; who makes tokens with another key locks the patient alone.
lock_details = command(select(patients).where(patients.c.client_id == _client_id).with_for_update(key_share=True))
get = query(_joined.where(_with_id))
get_by_client = query(_joined.where(patients.c.client_id == _client_id))
get_by_clients = query(
    _joined.where(patients.c.client_id == any_(bindparam("client_ids", type_=ARRAY(Uuid)))).order_by(patients.c.position)
)
get_by_external_id = query(_joined.where(clients.c.external_id_index == any_(bindparam("external_ids", type_=ARRAY(LargeBinary)))))

# When the key for indexes is changed: the record stays as it is, so it is no revision of it.
_of_today = bindparam("index_version", type_=Integer)
next_for_index = command(
    select(patients)
    .where(patients.c.index_version != _of_today, patients.c.client_id > bindparam("after", type_=Uuid))
    .order_by(patients.c.client_id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, key_share=True)
)
index_again = command(
    update(patients)
    .where(patients.c.client_id == _client_id)
    .values(
        version=bindparam("version"),
        position=bindparam("position"),
        id_index=bindparam("id_index"),
        sealed=bindparam("sealed"),
        index_version=_of_today,
    )
)

revision = query(select(workspace_revisions.c.revision))
_since = bindparam("since", type_=BigInteger)
changed_since = query(_joined.where(clients.c.revision > _since).order_by(clients.c.revision).limit(MAX_CHANGES))
erased_since = query(
    select(tombstones.c.id, tombstones.c.revision).where(tombstones.c.revision > _since).order_by(tombstones.c.revision).limit(MAX_CHANGES)
)

bury = command(
    delete(patients)
    .where(patients.c.client_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .returning(patients.c.client_id, patients.c.version)
)
