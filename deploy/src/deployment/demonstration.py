"""The demonstration workspaces. Their password is known to everybody, so they are opened only where nobody else can reach the gateway."""

import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from chassis.service.runtime import Runtime
from chassis.settings import is_local
from deployment.workspaces import as_identity
from identity.demo import PASSWORD, open_demo


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("demo takes no arguments")
    sys.stdout.write("\n".join([*as_identity(opened), f"password             {PASSWORD}"]) + "\n")


async def opened(identity: Runtime) -> list[str]:
    if not is_local(urlsplit(identity.settings.public_url).hostname):
        raise SystemExit("CASELOAD_PUBLIC_URL is not this machine's own: others would reach workspaces whose password they know")
    return [f"{person.workspace:20} {person.email}" for person in await open_demo(identity)]
