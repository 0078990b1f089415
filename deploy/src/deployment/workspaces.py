"""A workspace and the first person who runs it, who then signs in by a link that comes by mail."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from chassis.errors import Refusal
from chassis.events.broker.in_process import InProcessBroker
from chassis.observability.logs import configure_logs
from chassis.service.runtime import Runtime
from identity.__main__ import SERVICE as IDENTITY
from identity.roles import ADMINISTRATOR_ROLE
from identity.workspaces.workflow import open_workspace

R = TypeVar("R")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="open-workspace", description=__doc__)
    parser.add_argument("name", help="what the practice or hospital is called")
    parser.add_argument("email", help="where its owner or administrator gets mail")
    parser.add_argument("full_name", help="who that is")
    parser.add_argument("--kind", choices=sorted(ADMINISTRATOR_ROLE), default="practice")
    parser.add_argument("--time-zone", default="UTC", help="an IANA name, like Europe/Berlin")
    parser.add_argument("--locale", default="en", help="a language tag, like de-AT")
    options = parser.parse_args(arguments)

    async def opened(identity: Runtime) -> tuple[UUID, UUID]:
        return await open_workspace(
            identity,
            name=options.name,
            kind=options.kind,
            time_zone=options.time_zone,
            locale=options.locale,
            owner_email=options.email,
            owner_full_name=options.full_name,
            role=ADMINISTRATOR_ROLE[options.kind],
        )

    workspace_id, user_id = as_identity(opened)
    sys.stdout.write(f"workspace {workspace_id}, {ADMINISTRATOR_ROLE[options.kind]} {user_id}\n")


def as_identity(work: Callable[[Runtime], Awaitable[R]]) -> R:
    """Does something in identity's place, with its settings; what that announces waits in the outbox for identity's relay."""

    async def alone() -> R:
        settings = IDENTITY.settings()
        configure_logs("identity", settings.log_level)
        runtime = Runtime(IDENTITY, settings, broker=InProcessBroker())
        try:
            return await work(runtime)
        except Refusal as refusal:
            faults = "".join(f"\n  {fault.pointer} {fault.detail}" for fault in refusal.faults)
            raise SystemExit(f"{refusal.message or refusal.code}{faults}") from None
        finally:
            await runtime.stop()

    return asyncio.run(alone())
