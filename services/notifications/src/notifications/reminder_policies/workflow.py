"""The policy of a workspace, for whoever goes by it."""

from collections.abc import Mapping
from typing import Any

from chassis.db.transaction import Transaction
from notifications.reminder_policies import rules, store


async def current(db: Transaction) -> Mapping[str, Any]:
    """What the workspace has set, or what holds where nobody has set anything."""
    return await db.maybe(store.get) or rules.DEFAULT
