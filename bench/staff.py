"""Ten thousand users of the practice, loaded with COPY: sealed and found as identity does it. Some of them have a password."""

from collections.abc import Iterator
from uuid import UUID

import asyncpg
from argon2 import PasswordHasher
from uuid_utils.compat import uuid7

from bench.unwitnessed import Unwitnessed
from caseload.identity.v1 import users_pb2
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from identity.credentials.quick_check import QuickCheck
from identity.demo import PASSWORD
from identity.people import record
from identity.settings import IdentitySettings

STAFF = 10_000
# One for each user of the busiest level: attempts of one account from one address wait for each other.
WITH_PASSWORD = 128


def argon2() -> PasswordHasher:
    """Argon2id as identity is shipped."""
    shipped = IdentitySettings.model_fields
    passes, memory, lanes = (shipped[f"argon2_{name}"].default for name in ("passes", "memory_kib", "lanes"))
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)


def email_of(number: int) -> str:
    return f"staff{number}@example.com"


async def load(dsn: str, workspace_id: UUID, keys: WorkspaceKeys, keyring: Keyring) -> None:
    """Adds the users to the workspace. `dsn` is the administrator's."""
    password_hash = argon2().hash(PASSWORD, salt=QuickCheck(keyring).new_salt(PASSWORD))
    users = list(_users(workspace_id, keys, password_hash))
    found = [(record.email_index(keyring, email_of(number)), workspace_id, user["id"]) for number, user in enumerate(users)]
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.copy_records_to_table(
                "users", schema_name="identity", columns=list(users[0]), records=[tuple(user.values()) for user in users]
            )
            columns = ["email_index", "workspace_id", "user_id"]
            await connection.copy_records_to_table("sign_ins", schema_name="identity", columns=columns, records=found)
    finally:
        await connection.close()


def _users(workspace_id: UUID, keys: WorkspaceKeys, password_hash: str) -> Iterator[dict[str, object]]:
    unset = dict.fromkeys(record.USERS.declared.bound)
    for number in range(STAFF):
        user = users_pb2.User(email=email_of(number), full_name=f"Given{number * 7919 % 1000:03} Family{number * 104729 % 5000:04}")
        row = {**unset, "workspace_id": workspace_id, "id": uuid7(), "version": 1}
        row |= {"role": "therapist", "is_active": True, "is_platform_admin": False}
        sealed = record.USERS.seal(user, keys, row, Unwitnessed())
        yield {**row, "sealed": sealed, "password_hash": password_hash if number < WITH_PASSWORD else None}
