"""The tables of clients. What a client is found by stands in rows of its own, blinded; all else that is PHI is sealed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment, tenant

metadata = MetaData(schema="clients")

clients = tenant(
    "clients",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    # The directory's revision that last touched this row.
    Column("revision", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # The names once more, apart: thousands are read to order a list, and must not drag the histories along.
    Column("sealed_name", LargeBinary, nullable=False),
    Column("external_id_index", LargeBinary),
    Column("is_active", Boolean, nullable=False),
    Column("consent_status", Boolean, nullable=False),
    Column("time_zone", Text),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
    UniqueConstraint("workspace_id", "external_id_index", name="external_id_taken"),
    Index("ix_clients_revision", "workspace_id", "revision"),
)

# One row per blinded term: beginnings of names, e-mail address, phone number, tags. Rows, not an array under GIN:
# array operators are not leakproof, so under row security PostgreSQL would not use such an index.
terms = tenant(
    "terms",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("term", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "client_id", "term", name="pk_terms"),
    ForeignKeyConstraint(
        ["workspace_id", "client_id"], ["clients.clients.workspace_id", "clients.clients.id"], name="fk_terms_client", ondelete="CASCADE"
    ),
    # Without client_id the entries of one term are equal, and are stored once with a list of rows.
    Index("ix_terms_term", "workspace_id", "term"),
)

# A client that is gone, for those who still have it in a list: its id and when, nothing of the person.
erasures = tenant(
    "erasures",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_erasures"),
    Index("ix_erasures_revision", "workspace_id", "revision"),
)

# One row per workspace. Every write moves the revision on and holds the row until it commits, so revisions become
# visible in their own order: who has seen one has seen all before it.
directory = tenant(
    "directory",
    metadata,
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_directory"),
)

chassis_tables(metadata)
