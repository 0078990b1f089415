"""A person's settings, for whoever goes by them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.db.transaction import Transaction
from notifications.notification_settings import rules, store


async def current(db: Transaction, user_id: UUID | str) -> Mapping[str, Any]:
    """What the person has set, or what holds where they have set nothing."""
    return await db.maybe(store.get, user_id=user_id) or rules.DEFAULTS
