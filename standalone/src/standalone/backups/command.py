"""`caseload backup` and `caseload restore`."""

import argparse
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from chassis.local.processes import ChildFailedError
from standalone.administration import administrator
from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed
from standalone.backups.making import make_backup
from standalone.backups.opening import OpenedBackup
from standalone.backups.passphrases import passphrase_from
from standalone.backups.progress import Steps
from standalone.backups.retention import expired
from standalone.backups.status import BackupStatus
from standalone.backups.targets import ApartTarget, DirectoryTarget, Target, open_target
from standalone.backups.verifying import verify_backup
from standalone.home import DEFAULT_HOME, Home
from standalone.settings import StandaloneSettings


def backup_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """Makes, lists or verifies. Ends with status 1 and a line that says why."""
    words = list(options.words)
    action = words.pop(0) if words and words[0] in {"list", "verify"} else "make"
    if len(words) > 1:
        raise SystemExit("caseload backup [list|verify] TARGET: there are too many words")
    home = Home(settings.home or DEFAULT_HOME)
    with _failures_told(home if action == "make" else None):
        target = chosen_target(settings, home, words[0] if words else None, options.keys)
        match action:
            case "list":
                _list(target)
            case "verify":
                _verify(settings, options, home, target)
            case _:
                _make(settings, options, home, target)


def restore_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """Ends with status 1 where there is no home afterwards, and where not everything in it is as it was recorded."""
    # Loads all services, to compare their records with the audit trail.
    from standalone.backups.restoring import check_empty, restore

    home = Home(settings.home or DEFAULT_HOME)
    steps = Steps(Console())
    with _failures_told(None):
        check_empty(home)
        target = chosen_target(settings, home, options.target, options.keys)
        found = catalogue.chosen(target, options.backup)
        backup = OpenedBackup(target, found, passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=False))
        steps.say(f"Restoring {found.name}, of {backup.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, to {home.directory}")
        is_sound = restore(backup, home, steps)
    setting = "" if home.directory == DEFAULT_HOME.resolve() else f"CASELOAD_HOME={shlex.quote(str(home.directory))} "
    steps.say(f"Restored to {home.directory}. Start it with: {setting}make run")
    if "settings.json" in backup.escrow.secrets:
        steps.say(f"The settings it ran with are in {home.directory / 'settings.json'}")
    if not is_sound:
        raise SystemExit("NOT EVERYTHING IS AS IT WAS RECORDED: see above, and look at it before anybody works with it")


def chosen_target(settings: StandaloneSettings, home: Home, address: str | None, keys: str | None) -> Target:
    """What the command or the setting names. Raises BackupFailed for none, and for one that would be lost with the home."""
    address, keys = address or settings.backup_target, keys or settings.backup_keys_target
    if not address:
        raise BackupFailed("name a directory or s3://bucket/prefix, or set CASELOAD_BACKUP_TARGET")
    target = open_target(address)
    together = [target, open_target(keys)] if keys else [target]
    for each in together:
        if isinstance(each, DirectoryTarget) and each.directory.is_relative_to(home.directory):
            raise BackupFailed("a backup inside the home is lost with it: name another place")
    return ApartTarget(*together) if keys else target


def _make(settings: StandaloneSettings, options: argparse.Namespace, home: Home, target: Target) -> None:
    if settings.database_url is not None:
        raise BackupFailed("the database of DATABASE_URL is backed up where it runs; this backs up the PostgreSQL in CASELOAD_HOME")
    if not (home.postgres / "initialised").exists():
        raise BackupFailed(f"there is no installation in {home.directory}")
    if home.rabbit.exists():
        raise BackupFailed("`caseload suite` keeps events in RabbitMQ, which is not backed up; this backs up what `caseload run` keeps")
    passphrase = passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=True)
    steps = Steps(Console())
    with administrator(home, settings) as dsn:
        manifest = make_backup(home, dsn, target, passphrase, steps)
    BackupStatus(manifest.name, manifest.made_at).write(home)
    size = sum(part.size for part in manifest.parts.values())
    steps.say(f"Backed up as {manifest.name}: {size / 1e6:.1f} MB, {manifest.files} files; read back and verified")
    if options.expire:
        own = {found.name: found for found in catalogue.found_in(target) if found.is_whole and found.is_of(catalogue.installation_of(home))}
        for name in expired({name: found.begun_at for name, found in own.items()}, settings.kept_backups):
            catalogue.delete(target, own[name])
            steps.say(f"{name} is not kept any longer")


def _list(target: Target) -> None:
    every = catalogue.found_in(target)
    if not every:
        raise BackupFailed("there is no backup here")
    table = Table("backup", "of (UTC)", "MB", "files", "PostgreSQL", "")
    for found in every:
        made_at, size = f"{found.begun_at:%Y-%m-%d %H:%M:%S}", f"{found.size / 1e6:.1f}"
        if not found.is_whole:
            table.add_row(found.name, made_at, size, "", "", "unfinished")
            continue
        try:
            manifest = catalogue.manifest_of(target, found)
        except BackupFailed as error:
            table.add_row(found.name, made_at, size, "", "", str(error))
            continue
        missing = {catalogue.DATABASE, catalogue.FILES, catalogue.KEYS} - found.parts.keys()
        version = f"{manifest.postgres // 10_000}.{manifest.postgres % 10_000}"
        table.add_row(
            found.name, made_at, size, str(manifest.files), version, f"MISSING: {', '.join(sorted(missing))}" if missing else "whole"
        )
    # Names are for copying: no line of the table is broken where the output is no terminal.
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)


def _verify(settings: StandaloneSettings, options: argparse.Namespace, home: Home, target: Target) -> None:
    found = catalogue.chosen(target, options.backup)
    backup = OpenedBackup(target, found, passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=False))
    steps = Steps(Console())
    keys = verify_backup(backup, home.backups if home.backups.exists() else None, steps)
    steps.say(f"{found.name} is whole: its database starts, and its keyring opens the {keys} keys of its workspaces")


@contextmanager
def _failures_told(home: Home | None) -> Iterator[None]:
    """SystemExit with the reason; kept in `home` for those who ask later why there is no newer backup."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        yield
    except (BackupFailed, ChildFailedError, OSError) as failure:
        told = f"{failure.strerror}: {failure.filename}" if isinstance(failure, OSError) else str(failure)
        if home is not None and home.backups.exists():
            # Where the disk is full it can be kept nowhere, but is said all the same.
            with suppress(OSError):
                replace(BackupStatus.read(home), failed_at=datetime.now(UTC), failure=told).write(home)
        raise SystemExit(told) from None
