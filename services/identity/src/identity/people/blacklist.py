"""Whom the installation's blacklist keeps out.

`NOT_BLACKLISTED` is part of every statement by which somebody is let in or mailed a way in (see MAY_SIGN_IN), and
`check_not_blacklisted` comes before an address is given a user.
"""

from sqlalchemy import ColumnElement, bindparam, exists, select

from chassis.db.statement import query
from chassis.db.transaction import Transaction
from chassis.errors import Conflict
from identity.tables import blacklisted_addresses, sign_ins, users

NOT_BLACKLISTED: ColumnElement[bool] = ~(
    exists()
    .where(sign_ins.c.workspace_id == users.c.workspace_id)
    .where(sign_ins.c.user_id == users.c.id)
    .where(blacklisted_addresses.c.email_index == sign_ins.c.email_index)
    .correlate(users)
)

find_blacklisted = query(
    select(blacklisted_addresses.c.workspace_id, blacklisted_addresses.c.entry_id).where(
        blacklisted_addresses.c.email_index == bindparam("email_index")
    )
)


async def check_not_blacklisted(tx: Transaction, email_index: bytes) -> None:
    """Raise Conflict if the address with this index is blacklisted."""
    if await tx.maybe(find_blacklisted, email_index=email_index) is not None:
        raise Conflict("email_blacklisted", "Nobody with this e-mail address is invited.")
