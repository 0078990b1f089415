"""Statements about the blacklist: the entries in an administrator's workspace, and the index of all their addresses."""

from sqlalchemy import ARRAY, DateTime, Integer, LargeBinary, Text, Uuid, any_, bindparam, delete, func, insert, literal, select

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from identity.tables import blacklist, blacklisted_addresses, sign_ins

_addresses = blacklisted_addresses.c
_entry_id = bindparam("entry_id", type_=Uuid)
_email_index = bindparam("email_index", type_=LargeBinary)

# --- across workspaces ---

# Taken before an address is added: who adds the same one at the same moment finds it.
lock_address = command(select(func.pg_advisory_xact_lock(lock_number("blacklist", func.encode(_email_index, literal("hex", Text))))))

add_address = command(
    insert(blacklisted_addresses).values(
        email_index=_email_index,
        workspace_id=bindparam("workspace_id"),
        entry_id=_entry_id,
        added_at=bindparam("now", type_=DateTime(timezone=True)),
    )
)

count_addresses = query(select(func.count().label("total")).select_from(blacklisted_addresses))

list_addresses = query(
    select(_addresses.workspace_id, _addresses.entry_id)
    .order_by(_addresses.added_at.desc(), _addresses.entry_id)
    .offset(bindparam("offset", type_=Integer))
    .limit(bindparam("limit", type_=Integer))
)

users_with_address = query(select(sign_ins.c.workspace_id, sign_ins.c.user_id).where(sign_ins.c.email_index == _email_index))

# --- in the workspace of the administrator who added the entry ---

add_entry = command(
    insert(blacklist).values({name: bindparam(name) for name in ("workspace_id", "id", "sealed", "version", "added_by", "added_at")})
)

find_entries = query(select(blacklist).where(blacklist.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

# The index of the address goes with it, by cascade.
delete_entry = command(delete(blacklist).where(blacklist.c.id == _entry_id).returning(blacklist.c.id, blacklist.c.version))
