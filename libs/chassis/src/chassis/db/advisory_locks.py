"""Advisory locks: the names of what they are for, and the numbers that PostgreSQL knows them by.

A number means the same lock in the whole database, to every service. So all numbers are made here, from names that cannot be confused:

- a lock of a transaction is named `<purpose> <id> <id> …`; a purpose belongs to one use, which declares it by `lock_number`;
- a lock of a session is named `caseload <task> <service>`; `session_lock_number` is for migrators and leaders.

A name stays when the code around it changes: instances of two versions compete for the same lock during an upgrade.
"""

import re
from hashlib import blake2b

from sqlalchemy import BigInteger, ColumnElement, func, literal, literal_column

# What is declared by `lock_number`.
purposes: set[str] = set()
_PURPOSE = re.compile(r"[a-z]+( [a-z]+)*")


def lock_number(purpose: str, *ids: ColumnElement[object]) -> ColumnElement[int]:
    """SQL for the number of a transaction's lock. Raises ValueError for a purpose that has a use already, or that begins like one."""
    if not _PURPOSE.fullmatch(purpose) or purpose.startswith("caseload"):
        raise ValueError(f"no purpose of an advisory lock: {purpose}")
    for other in purposes:
        if f"{purpose} ".startswith(f"{other} ") or f"{other} ".startswith(f"{purpose} "):
            raise ValueError(f"two uses of advisory locks would be confused: {purpose} and {other}")
    purposes.add(purpose)
    # Written out, so that a lock by UUIDs alone can be sent together with the beginning of its transaction.
    parts = [literal_column(f"'{purpose}'"), *(part for id_ in ids for part in (literal_column("' '"), id_))]
    return func.hashtextextended(func.concat(*parts), literal(0, BigInteger))


def session_lock_number(name: str) -> int:
    """64 bits of BLAKE2b over the name: the same number in every process and version."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
