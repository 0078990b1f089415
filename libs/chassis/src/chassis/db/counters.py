"""Counters that no transaction waits for: changes are appended, readers add them up, and a worker folds them.

A counter is two tables. `folded` has one row per key. `changes` has one row per change that is not folded yet, and rows in it
are only ever inserted and deleted, so writers never lock the same row and cannot deadlock. The sum over both is exact in every
snapshot, because a change moves from one to the other in one statement. `chassis.work.folding` runs that statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Identity, MetaData, PrimaryKeyConstraint, Subquery, Table, select, union_all

from chassis.db.tables import tenant

_INFO = "counter"


@dataclass(frozen=True, slots=True)
class Counter:
    """The tables of one counter: `keys` say what is counted besides the workspace, `counts` hold how many."""

    folded: Table
    changes: Table
    keys: tuple[str, ...]
    counts: tuple[str, ...]

    @property
    def totals(self) -> Subquery:
        """Folded and unfolded rows: keys and counts, any number of rows per key. Readers sum the counts."""
        return union_all(
            *(select(*(table.c[name] for name in (*self.keys, *self.counts))) for table in (self.folded, self.changes))
        ).subquery(f"{self.folded.name}_totals")

    @property
    def fold_sql(self) -> str:
        """Folds at most $1 changes, of any workspaces the role may see. Returns how many: 0 if there were none.

        A change is deleted by one statement only, and added by the same. Whatever stops it, a change counts once.
        """
        keys, changes, folded = ("workspace_id", *self.keys), self.changes.fullname, self.folded.fullname
        columns = ", ".join((*keys, *self.counts))
        sums = ", ".join((*keys, *(f"sum({count})" for count in self.counts)))
        added = ", ".join(f"{count} = kept.{count} + excluded.{count}" for count in self.counts)
        return (
            f"WITH taken AS (DELETE FROM {changes} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {changes} LIMIT $1)) RETURNING {columns}),"
            f" added AS (INSERT INTO {folded} AS kept ({columns}) SELECT {sums} FROM taken GROUP BY {', '.join(keys)}"
            f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added})"
            " SELECT count(*) FROM taken"
        )


def counter(name: str, folded: Table, metadata: MetaData, *, counts: Iterable[str]) -> Counter:
    """The counter that `folded` is kept for; `name` is the table of its changes, made here. The relay's role folds.

    `folded` is granted to the relay by `tenant(..., relay_grants=FOLDED_GRANTS)`, its primary key begins with the workspace
    and has the keys.
    """
    counts = tuple(counts)
    keys = tuple(column.name for column in folded.primary_key.columns if column.name != "workspace_id")
    changes = tenant(
        name,
        metadata,
        *(Column(key, folded.c[key].type, nullable=False) for key in keys),
        *(Column(count, BigInteger, nullable=False) for count in counts),
        Column("id", BigInteger, Identity(always=True), nullable=False),
        PrimaryKeyConstraint("workspace_id", *keys, "id", name=f"pk_{name}"),
        grants="SELECT, INSERT",
        relay_grants="SELECT, DELETE",
    )
    made = Counter(folded, changes, keys, counts)
    changes.info[_INFO] = made
    return made


# What the relay's role may do with the table of folded counts.
FOLDED_GRANTS = "SELECT, INSERT, UPDATE"


def is_of_changes(table: Table) -> bool:
    """Whether the table holds the changes of a counter that are not folded yet."""
    return _INFO in table.info


def counters_of(metadata: MetaData) -> list[Counter]:
    return [table.info[_INFO] for table in metadata.sorted_tables if _INFO in table.info]
