"""Whether a process works as the database roles that it should, before it listens, reacts or relays."""

import asyncio
import logging
import os

import asyncpg

from chassis.backoff import Backoff
from chassis.db.errors import LOST, refusal_of
from chassis.errors import Unavailable
from chassis.migrations.roles import UnfitRole, check_role

_SECONDS_TO_CHECK = 5.0
# Nothing can be called meanwhile, and the question is a small one.
_BACKOFF = Backoff(first=0.1, longest=1.0)
_log = logging.getLogger(__name__)


async def wait_for_role(service: str, kind: str, dsn: str) -> None:
    """Returns once the database has shown that the role of `dsn` may do what this kind of role should and no more.

    Waits while the database does not answer. Raises SystemExit (EX_CONFIG) for any other role.
    """
    failures = 0
    while True:
        try:
            await _check(service, kind, dsn)
            return
        except LOST as error:
            if not isinstance(refusal_of(error), Unavailable):
                raise
            failures += 1
            if failures == 1:
                _log.warning("the database does not answer, and nothing starts before the roles are checked", extra={"service": service})
            await asyncio.sleep(_BACKOFF.delay(failures))


async def _check(service: str, kind: str, dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=_SECONDS_TO_CHECK)
        try:
            await check_role(connection, service, kind)
        finally:
            await connection.close(timeout=_SECONDS_TO_CHECK)
    except UnfitRole as unfit:
        _log.critical("%s", str(unfit), extra={"service": service})
        raise SystemExit(os.EX_CONFIG) from None
