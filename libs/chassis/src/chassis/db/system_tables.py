"""The tables that every service has.

A change here is installed by migrations: `make migration service=all` writes one per service, and `make check` fails until it exists.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.db.tables import moment, sealed_alone, tenant

_ANSWERS = UUID("6f0d2c0e-6a0b-4e58-9d4b-0b9f7c6d5a11")


def answer_name(row: Mapping[str, Any]) -> str:
    """What the answer to an Idempotency-Key is known by: its workspace, user, method and key."""
    return f"{row['workspace_id']}:{row['user_id']}:{row['method']}:{row['key']}"


def answer_row(row: Mapping[str, Any]) -> UUID:
    """The same as a UUID, under which the answer is sealed."""
    return uuid5(_ANSWERS, answer_name(row))


def chassis_tables(metadata: MetaData, *, keys_outlive_workspaces: bool = False) -> SimpleNamespace:
    """Adds outbox, inbox, idempotency, data_keys, dead_letters and erased_workspaces to the metadata.

    Across workspaces the relay publishes events, replays dead letters and deletes what is no longer needed. The app cannot take
    back an event, nor change or destroy a key: what is under a destroyed key is lost. The eraser destroys those of an erased workspace,
    unless `keys_outlive_workspaces`.
    """
    return SimpleNamespace(
        outbox=tenant(
            "outbox",
            metadata,
            Column("id", Uuid, nullable=False),
            Column("type", Text, nullable=False),
            Column("payload", LargeBinary, nullable=False),
            Column("request_id", Text, nullable=False, server_default=""),
            Column("traceparent", Text, nullable=False, server_default=""),
            moment("occurred_at"),
            Column("signature", LargeBinary, nullable=False, server_default=""),
            # The database's own clock: the relay compares it with that clock, not with the writer's.
            moment("due_at", default_now=True),
            moment("published_at", nullable=True),
            Column("attempts", Integer, nullable=False, server_default="0"),
            Column("last_error", Text),
            PrimaryKeyConstraint("workspace_id", "id", name="pk_outbox"),
            # The relay reads what is not yet published, of every workspace, never what comes after an id.
            Index("ix_outbox_due", "due_at", "id", postgresql_where=text("published_at IS NULL")),
            Index("ix_outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
            # Whether and when an event is published is not the writer's to say.
            defaulted=("due_at", "published_at", "attempts", "last_error"),
            grants="INSERT",
            eraser_grants="",
            relay_grants="SELECT, UPDATE (due_at, published_at, attempts, last_error), DELETE",
        ),
        inbox=tenant(
            "inbox",
            metadata,
            Column("queue", Text, nullable=False),
            Column("event_id", Uuid, nullable=False),
            moment("received_at", default_now=True),
            PrimaryKeyConstraint("workspace_id", "queue", "event_id", name="pk_inbox"),
            Index("ix_inbox_received", "received_at"),
            grants="SELECT, INSERT",
            eraser_grants="",
            relay_grants="SELECT, DELETE",
        ),
        idempotency=tenant(
            "idempotency",
            metadata,
            Column("user_id", Uuid, nullable=False),
            Column("method", Text, nullable=False),
            Column("key", Text, nullable=False),
            Column("fingerprint", LargeBinary, nullable=False),
            Column("sealed", LargeBinary, nullable=False, info=sealed_alone(answer_row, revision=0)),
            # The ids that request and answer name; not known of answers older than the column.
            # Without an index: an erasure reads the workspace's answers of 72 hours.
            Column("about", ARRAY(Uuid)),
            moment("created_at", default_now=True),
            PrimaryKeyConstraint("workspace_id", "user_id", "method", "key", name="pk_idempotency"),
            Index("ix_idempotency_created", "created_at"),
            grants="SELECT, INSERT, DELETE",
            relay_grants="SELECT, DELETE",
        ),
        data_keys=tenant(
            "data_keys",
            metadata,
            Column("purpose", Text, nullable=False),
            Column("version", Integer, nullable=False),
            Column("wrapped", LargeBinary, nullable=False),
            Column("state", Text, nullable=False, server_default="active"),
            moment("created_at", default_now=True),
            # Of `state`, by the database's clock: when every process has seen it is reckoned from here.
            moment("changed_at", default_now=True),
            PrimaryKeyConstraint("workspace_id", "purpose", "version", name="pk_data_keys"),
            CheckConstraint("purpose IN ('seal', 'index')", name="data_key_purpose"),
            # `active` seals and opens, `reading` opens, `retired` does neither and is destroyed when `wrapped` is empty. `destroyed`
            # says more: the workspace is erased.
            CheckConstraint("state IN ('active', 'reading', 'retired', 'destroyed')", name="data_key_state"),
            CheckConstraint("wrapped <> '' OR state IN ('retired', 'destroyed')", name="data_key_wrapped"),
            grants="SELECT, INSERT",
            # A destroyed key keeps its row: it says that no other is made.
            eraser_grants="" if keys_outlive_workspaces else "UPDATE (wrapped, state)",
            keys_grants="SELECT, UPDATE (wrapped, state, changed_at), DELETE",
        ),
        dead_letters=tenant(
            "dead_letters",
            metadata,
            Column("id", Uuid, nullable=False),
            Column("queue", Text, nullable=False),
            Column("type", Text, nullable=False),
            Column("payload", LargeBinary, nullable=False),
            Column("request_id", Text, nullable=False, server_default=""),
            Column("traceparent", Text, nullable=False, server_default=""),
            moment("occurred_at"),
            Column("signature", LargeBinary, nullable=False, server_default=""),
            Column("error", Text, nullable=False),
            Column("attempts", BigInteger, nullable=False),
            moment("died_at", default_now=True),
            moment("replay_requested_at", nullable=True),
            moment("replayed_at", nullable=True),
            PrimaryKeyConstraint("workspace_id", "queue", "id", name="pk_dead_letters"),
            Index(
                "ix_dead_letters_wanted",
                "replay_requested_at",
                postgresql_where=text("replay_requested_at IS NOT NULL AND replayed_at IS NULL"),
            ),
            Index("ix_dead_letters_replayed", "replayed_at", postgresql_where=text("replayed_at IS NOT NULL")),
            Index("ix_dead_letters_died", "died_at"),
            grants="SELECT, INSERT, UPDATE (error, attempts, died_at, replay_requested_at, replayed_at)",
            relay_grants="SELECT, UPDATE (replay_requested_at, replayed_at), DELETE",
        ),
        # The workspaces that were erased, and how far this service is with it. Rows stay: what is told of these workspaces later has no effect.
        erased_workspaces=tenant(
            "erased_workspaces",
            metadata,
            moment("erased_at"),
            # How many rows of each table, and files, were deleted.
            Column("deleted", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
            moment("advanced_at"),
            # When nothing was left, and when that was seen once more by somebody who could see what had been under way.
            moment("finished_at", nullable=True),
            moment("settled_at", nullable=True),
            PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
            Index("ix_erased_workspaces_advanced", "advanced_at", postgresql_where=text("settled_at IS NULL")),
            grants="SELECT",
            eraser_grants="INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at)",
            relay_grants="SELECT",
        ),
    )
