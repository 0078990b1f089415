"""Legal holds."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Uuid, text

from audit.tables.base import metadata
from chassis.db.tables import Sealed, moment, tenant

# What must not be destroyed: a client, what a user has to do with, or without either the whole workspace.
legal_holds = tenant(
    "legal_holds",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("client_id", Uuid),
    Column("user_id", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    Column("released_by", Uuid),
    moment("released_at", nullable=True),
    # While it is being placed. It counts until then, and is shown to nobody.
    moment("pending_until", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_legal_holds"),
    CheckConstraint("client_id IS NULL OR user_id IS NULL", name="legal_hold_subject"),
    CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="legal_hold_released"),
    Index("ix_legal_holds_client", "workspace_id", "client_id", postgresql_where=text("released_at IS NULL")),
    fixed=("id", "client_id", "user_id", "created_by", "created_at"),
    grants="SELECT, INSERT, UPDATE",
    eraser_grants="",
    sealed=Sealed(
        bound=("client_id", "user_id", "created_by", "created_at", "released_by", "released_at"),
        unbound={
            "pending_until": "whoever changes it places a hold that somebody was about to place, or takes back one that nobody was told of"
        },
    ),
)
