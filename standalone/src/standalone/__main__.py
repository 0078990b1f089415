"""`caseload`: the suite on one machine, and what its keeper does with it."""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from uuid import UUID

from chassis.local.processes import die_with
from standalone.settings import StandaloneSettings


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="caseload", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="everything in one process (the default)")
    commands.add_parser("suite", help="every service its own process, with RabbitMQ")
    commands.add_parser("migrate", help="every schema to its newest revision")
    events = commands.add_parser("events", help="what reactions gave up on").add_subparsers(dest="events", required=True)
    events.add_parser("dead", help="lists it").add_argument("--queue")
    replay = events.add_parser("replay", help="sends it once more")
    replay.add_argument("queue")
    replay.add_argument("--id", type=UUID)
    options = parser.parse_args(arguments)
    settings = StandaloneSettings()
    if "MAKELEVEL" in os.environ:
        # Below a make that is killed, nobody would know that this still runs.
        die_with(os.getppid(), signal.SIGKILL)
    # Imported where they are needed: `caseload --help` should not load a database driver.
    match options.command:
        case "suite":
            from standalone.suite import run_suite

            run_suite(settings)
        case "migrate":
            from standalone.keeping import migrate_all

            asyncio.run(migrate_all(settings))
        case "events":
            from standalone.keeping import events_command

            asyncio.run(events_command(settings, options))
        case _:
            from standalone.embedded import run_embedded

            run_embedded(settings)


if __name__ == "__main__":
    main()
