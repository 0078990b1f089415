"""`caseload`: runs the services and the gateway on one machine, and the commands of its operator."""

import argparse
import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from chassis.garbage import loading
from chassis.local.processes import die_with
from standalone.selftest.rules import check_rate, check_url
from standalone.settings import StandaloneSettings

T = TypeVar("T")

# In the order in which one key takes the place of another.
KEY_STEPS = {
    "status": "lists the keys of each workspace in each service, and how many values are sealed with them",
    "add": "makes a new key, which nothing uses yet",
    "promote": "seals with the new key from now on",
    "reencrypt": "seals again what the former key has sealed, while everybody goes on working",
    "retire": "takes the former key from all processes, once no value is sealed with it",
    "destroy": "deletes retired keys for good",
    "rewrap": "wraps all keys with the active root key of the keyring",
}
# Of the keyring, which is no workspace's.
ROOT_STEPS = {
    "root-add": "adds a root key to the keyring, which wraps nothing yet",
    "root-promote": "wraps with the newest root key from now on",
    "root-retire": "takes the former root key out of the keyring, once nothing is wrapped with it",
    "root-encrypt": "has the keyring encrypted by a key of a KMS",
}

# What the operator's commands call, with the settings and the options.
OPERATORS = {
    "events": "standalone.operations.events_command",
    "verify": "standalone.operations.verify_command",
    "reseal": "standalone.operations.reseal_command",
    "keys": "standalone.operations.keys_command",
    "import-patients": "standalone.operations.import_patients_command",
    "remove-second-factor": "standalone.operations.remove_second_factor_command",
    "jobs": "standalone.jobs.jobs_command",
    "import": "standalone.jobs.jobs_command",
    "backup": "standalone.backups.command.backup_command",
    "restore": "standalone.backups.command.restore_command",
    "doctor": "standalone.doctor.command.doctor_command",
    "selftest": "standalone.selftest.command.selftest_command",
    "statements": "standalone.statements.statements_command",
}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    settings = StandaloneSettings()
    if "MAKELEVEL" in os.environ:
        # Started by make: if make is killed, this process must not go on running unnoticed.
        die_with(os.getppid(), signal.SIGKILL)
    if getattr(options, "with_parent", None):
        die_with(options.with_parent, signal.SIGTERM)
    # Loaded where they are needed, so that `caseload --help` loads no database driver.
    with loading():
        command = _command(options.command)
    done = command(settings, options)
    if inspect.iscoroutine(done):
        asyncio.run(done)


def _command(name: str | None) -> Callable[[StandaloneSettings, argparse.Namespace], Any]:
    """What the command is done by."""
    match name:
        case "run" | None:
            from standalone.embedded import run_embedded

            return lambda settings, _options: run_embedded(settings)
        case "suite":
            from standalone.suite import run_suite

            return lambda settings, _options: run_suite(settings)
        case "migrate":
            from standalone.operations import migrate_all

            return lambda settings, _options: migrate_all(settings)
        case command:
            module, _, function = OPERATORS[command].rpartition(".")
            operator: Callable[[StandaloneSettings, argparse.Namespace], Any] = getattr(import_module(module), function)
            return operator


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="caseload", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="runs everything in one process (the default)")
    commands.add_parser("suite", help="runs every service as its own process, with RabbitMQ")
    commands.add_parser("migrate", help="upgrades every schema to its newest revision")
    events = commands.add_parser("events", help="dead letters: events that a reaction failed to handle").add_subparsers(
        dest="events", required=True
    )
    events.add_parser("dead", help="lists them").add_argument("--queue")
    replay = events.add_parser("replay", help="publishes them again")
    replay.add_argument("queue")
    replay.add_argument("--id", type=UUID)
    verify = commands.add_parser("verify", help="compares what is stored with what is on record").add_subparsers(dest="what", required=True)
    for command in (
        verify.add_parser("records", help="sealed records with the audit trail"),
        commands.add_parser("reseal", help="seals again what release 0.1.0 sealed"),
    ):
        command.add_argument("--workspace", type=UUID, help="this one only")
    statements = commands.add_parser("statements", help="which statements have taken the database most time")
    statements.add_argument("--count", type=int, default=20)
    _add_key_steps(commands.add_parser("keys", help="the keys that records are sealed with or found by, one step at a time"))
    removal = commands.add_parser("remove-second-factor", help="of somebody who has lost it, and whom no administrator can help")
    removal.add_argument("email", help="the address that the person signs in with")
    watching = (
        commands.add_parser("jobs", help="long work")
        .add_subparsers(dest="jobs", required=True)
        .add_parser("watch", help="shows one's progress")
    )
    watching.add_argument("id", type=UUID)
    importing = commands.add_parser("import", help="brings clients along from a CSV or JSON file")
    importing.add_argument("file", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="says what would be imported, and changes nothing")
    importing.add_argument("--mapping", help='a JSON object: the field for the name of a column, as {"Rufname": "first_name"}')
    importing.add_argument("--encoding", help="how the file is written, as cp1251, where the file itself does not say so")
    for command in (watching, importing):
        command.add_argument("--url", help="of the gateway; this machine's unless given. CASELOAD_API_KEY says who asks")
    _add_patients(commands.add_parser("import-patients", help="imports the patients of a json-server's db.json as clients"))
    _add_backups(commands)
    commands.add_parser("doctor", help="looks at the installation, and says what to do")
    _add_self_test(commands.add_parser("selftest", help="shows that workspaces of an installation are kept apart"))
    return parser


def _add_self_test(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="selftest", required=True)
    isolation = kinds.add_parser(
        "isolation", help="asks, as one throw-away workspace, every operation for the things of another; prints a signed report"
    )
    isolation.add_argument("url", type=_argument(check_url), help="of the installation: https://host[:port]")
    isolation.add_argument("--only", default="", metavar="PATH", help="operations alone whose path contains this")
    isolation.add_argument("--rate", type=_argument(check_rate), default=10.0, help="requests a second, at most 50 (10 unless given)")
    isolation.add_argument(
        "--key", type=Path, help="signs with the key in this file, which is made if it is missing; with a new key each time unless given"
    )
    verifying = kinds.add_parser("verify", help="says whether a report is as it was signed")
    verifying.add_argument("report", type=Path)
    verifying.add_argument("--public-key", help="of whom you believe, in base64, as an earlier report has it")


def _argument(check: Callable[[str], T]) -> Callable[[str], T]:
    """The check as the type of an argument, which tells what it refuses."""

    def checked(text: str) -> T:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def _add_backups(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="makes a backup, lists those that there are, or shows that one can be restored")
    backup.add_argument(
        "words", nargs="*", metavar="[list|verify] TARGET", help="a directory or s3://bucket/prefix; CASELOAD_BACKUP_TARGET unless given"
    )
    backup.add_argument("--expire", action="store_true", help="deletes afterwards what the settings do not keep")
    backup.add_argument("--with-parent", type=int, help=argparse.SUPPRESS)
    restore = commands.add_parser("restore", help="makes an installation of a backup, in an empty CASELOAD_HOME")
    restore.add_argument("target", nargs="?", metavar="TARGET", help="where the backup is; CASELOAD_BACKUP_TARGET unless given")
    restore.add_argument(
        "--to", metavar="MOMENT", help="2026-11-22T14:03:00+01:00 or 2026-11-22T14:03:00[Europe/Berlin]; the newest there is unless given"
    )
    restore.add_argument("--owner", metavar="USER", help="whose the home is to be, where root restores it")
    for command in (backup, restore):
        command.add_argument("--backup", help="its name, as `caseload backup list` shows it; the newest unless given")
        command.add_argument("--keys", metavar="TARGET", help="where its keys are, unless they are with the backup")
        command.add_argument(
            "--passphrase-file", type=Path, help="the file with the passphrase; typed or read from standard input unless given"
        )


def _add_patients(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the db.json; who is there already is left as they are")
    parser.add_argument("--workspace", type=UUID, help="whose clients they become; CASELOAD_PATIENTS_WORKSPACE if it is not given")


def _add_key_steps(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True)
    for step, what in KEY_STEPS.items():
        one = steps.add_parser(step, help=what)
        one.add_argument("--workspace", type=UUID, help="this one only")
        one.add_argument("--index", action="store_true", help="the keys that records are found by, and not those that seal")
        one.add_argument(
            "--force",
            action="store_true",
            help="of `promote --index`: every process runs this release, although the schema does not say so",
        )
    for step, what in ROOT_STEPS.items():
        root = steps.add_parser(step, help=what)
        if step == "root-encrypt":
            root.add_argument("kms_key", help="its id or ARN")


if __name__ == "__main__":
    main()
