"""Removes the second factor of somebody who has lost the device and the backup codes, and whom no administrator can help."""

import argparse
import sys
from collections.abc import Sequence

from chassis.service.runtime import Runtime
from deployment.workspaces import as_identity
from identity.second_factors.workflow import remove_for_operator


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="remove-second-factor", description=f"{__doc__} Make sure who asks for it: it opens the account.")
    parser.add_argument("email", help="the address that the person signs in with")
    options = parser.parse_args(arguments)

    async def removed(identity: Runtime) -> bool:
        return await remove_for_operator(identity, options.email)

    if not as_identity(removed):
        raise SystemExit("nobody with this address has a second factor")
    sys.stdout.write("removed; the person is signed out everywhere and told by mail\n")
