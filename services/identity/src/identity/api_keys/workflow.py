"""Makes API keys: for whoever asks, and for the operator of the installation."""

import secrets
import string
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.db.transaction import Record
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.api_keys import rules, store

# By which people, programs that search for leaked secrets, and the gateway know a key.
_KIND = "clk"
_LETTERS = string.ascii_letters + string.digits


async def add_key(
    work: UnitOfWork, *, name: str, scopes: Sequence[str], expires_at: datetime | None, created_by: UUID
) -> tuple[Record, str]:
    """The key's row and its secret. Raises Conflict if the workspace has as many keys as it may."""
    await work.db.one(store.lock_workspace)
    rules.check_number((await work.db.one(store.count_keys))["keys"])
    token = OpaqueToken.generate(work.workspace_id, uuid7())
    prefix = f"{_KIND}_{''.join(secrets.choice(_LETTERS) for _ in range(8))}"
    key = await work.db.one(
        store.add_key,
        id=token.row_id,
        name=name,
        prefix=prefix,
        hash=token.hash,
        scopes=scopes,
        expires_at=expires_at,
        created_by=created_by,
        now=work.now,
    )
    return key, f"{prefix}_{token}"


async def key_for_operator(runtime: Runtime, workspace_id: UUID, *, name: str, scopes: Sequence[str], secret: str = "") -> str:
    """The secret of a key of the workspace: the one given while it is still good, else that of a new key. NotFound for an unknown workspace."""
    async with runtime.background(workspace_id) as work:
        token = parse(secret)
        if token is not None and token.workspace_id == workspace_id:
            known = await work.db.maybe(store.use_key, api_key_id=token.row_id, hash=token.hash, now=work.now)
            if known is not None and set(scopes) <= set(known["scopes"]):
                return secret
        key, made = await add_key(work, name=name, scopes=sorted(scopes), expires_at=None, created_by=rules.OPERATOR)
        record_effect(work, "make_api_key", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_CREATE, [key["id"]])
        return made


def parse(secret: str) -> OpaqueToken | None:
    kind, _, rest = secret.partition("_")
    _, _, text = rest.partition("_")
    return OpaqueToken.parse(text) if kind == _KIND and text else None
