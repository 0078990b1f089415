"""The retention of a workspace, for whoever goes by it."""

from audit.retention import rules, store
from chassis.db.transaction import Transaction


async def years_kept(db: Transaction) -> int:
    """What the workspace has chosen, or what holds where nobody has chosen anything."""
    row = await db.maybe(store.get)
    return rules.DEFAULT if row is None else int(row["years"])
