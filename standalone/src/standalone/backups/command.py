"""`caseload backup` and `caseload restore`."""

import argparse
import asyncio
import os
import pwd
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial

import asyncpg
from rich.console import Console
from rich.table import Table

from chassis.local.processes import ChildFailedError
from standalone.administration import administrator
from standalone.backups import catalogue, ledger
from standalone.backups.errors import BackupFailed
from standalone.backups.journal import naming_rules as names
from standalone.backups.journal.process import JournalProcess
from standalone.backups.journal.replaying import Replay, plan
from standalone.backups.journal.state import Journal, current, place_of
from standalone.backups.journal.store import Contents, JournalStore, contents_of
from standalone.backups.ledger import Ledger
from standalone.backups.making import make_backup
from standalone.backups.manifest import Manifest
from standalone.backups.moment_rules import NoMoment, moment
from standalone.backups.opening import OpenedBackup
from standalone.backups.passphrases import passphrase_from
from standalone.backups.progress import Steps
from standalone.backups.retention import expired
from standalone.backups.status import BackupStatus, ProofStatus
from standalone.backups.tar_stream import Archive
from standalone.backups.target_mark import check_mark
from standalone.backups.targets import ApartTarget, DirectoryTarget, Target, open_target
from standalone.backups.verifying import verify_backup
from standalone.home import DEFAULT_HOME, Home
from standalone.settings import StandaloneSettings

# For the journal, and for those who go on working.
_ROOM_LEFT = 2 * 1024**3


def backup_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """Makes, lists or verifies. Ends with status 1 and a line that says why."""
    words = list(options.words)
    action = words.pop(0) if words and words[0] in {"list", "verify", "journal"} else "make"
    if len(words) > 1:
        raise SystemExit("caseload backup [list|verify] TARGET: there are too many words")
    home = Home(settings.home or DEFAULT_HOME)
    failed = {"make": _backup_failed, "verify": _proof_failed}.get(action)
    with _failures_told(failed and partial(failed, home)):
        target = chosen_target(settings, home, words[0] if words else None, options.keys)
        match action:
            case "list":
                _list(target)
            case "verify":
                _verify(settings, options, home, target)
            case "journal":
                _write_journal(settings, home, target)
            case _:
                _make(settings, options, home, target, words[0] if words else settings.backup_target)


def restore_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """Ends with status 1 where there is no home afterwards, and where not everything in it is as it was recorded."""
    # Loads all services, to compare their records with the audit trail.
    from standalone.backups.restoring import check_empty, restore

    home = Home(settings.home or DEFAULT_HOME)
    steps = Steps(Console())
    with _failures_told(None):
        check_empty(home)
        owner = _owner(options.owner)
        until = _until(options.to)
        target = chosen_target(settings, home, options.target, options.keys)
        planned = plan(target, options.backup, until, datetime.now(UTC))
        passphrase = passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=False)
        backup = OpenedBackup(target, planned.found, passphrase)
        steps.say(f"Restoring {backup.name}, of {backup.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, to {home.directory}")
        if options.backup is not None and until is None:
            _say_what_follows(target, options.backup, steps)
        replay = Replay(target, planned, backup.manifest, passphrase) if planned.reach.pieces else None
        erased = Ledger(target, planned.found.installation, backup.escrow.secrets["database-secret"]).entries()
        restored = restore(backup, home, steps, replay=replay, erased=erased, owner=owner)
    steps.say(f"It is as it was at {restored.reached.isoformat(timespec='milliseconds')}")
    if until is not None and (planned.until is None or replay is None):
        steps.say(f"There is nothing of {until.isoformat()} in the target: this is the last moment before it that there is")
    if planned.reach.gap is not None:
        steps.say(
            f"THE JOURNAL HAS A GAP after this moment: what was done later is in later backups alone ({planned.reach.gap} is not whole)"
        )
    setting = "" if home.directory == DEFAULT_HOME.resolve() else f"CASELOAD_HOME={shlex.quote(str(home.directory))} "
    steps.say(f"Restored to {home.directory}. Start it with: {setting}make run")
    if "settings.json" in backup.escrow.secrets:
        steps.say(f"The settings it ran with are in {home.directory / 'settings.json'}")
    if not restored.is_sound:
        raise SystemExit("NOT EVERYTHING IS AS IT WAS RECORDED: see above, and look at it before anybody works with it")


def _say_what_follows(target: Target, name: str, steps: Steps) -> None:
    now = datetime.now(UTC)
    ends = plan(target, name, now, now).reach.moment
    if ends is not None:
        steps.say(
            f"This is the backup as it was made: its journal goes on until {ends.isoformat(timespec='seconds')}, and --to brings it there"
        )


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


def _until(typed: str | None) -> datetime | None:
    try:
        return None if typed is None else moment(typed)
    except NoMoment as unknown:
        raise BackupFailed(str(unknown)) from None


def _owner(name: str | None) -> tuple[int, int] | None:
    if name is None:
        return None
    if os.geteuid() != 0:
        raise BackupFailed("--owner is for root: restore it as the user whose it is to be")
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise BackupFailed(f"there is no user {name}") from None
    return user.pw_uid, user.pw_gid


def _write_journal(settings: StandaloneSettings, home: Home, target: Target) -> None:
    asked = partial(passphrase_from, settings.backup_passphrase_file, new=True)
    # What is typed cannot be asked for again.
    passphrase = cache(asked) if settings.backup_passphrase_file is None else asked
    place = place_of(settings.backup_target, settings.backup_keys_target)
    process = JournalProcess(home, target, place, passphrase, seconds=settings.backup_journal_seconds, days=settings.backup_journal_days)
    asyncio.run(process.run())


async def _prepare_journal(home: Home, dsn: str, target: Target, place: str | None, passphrase: str) -> str:
    """Which journal goes on after a backup to this place, if one does. What was erased is in the ledger before anything is copied."""
    connection = await asyncpg.connect(dsn)
    try:
        await ledger.Writer(ledger.Ledger.of(home, target)).write(connection)
        is_open = partial(JournalStore.is_open_to, target, passphrase=passphrase)
        return "" if place is None else (await current(home, connection, place, is_open)).name
    finally:
        await connection.close()


def _make(settings: StandaloneSettings, options: argparse.Namespace, home: Home, target: Target, address: str) -> None:
    if settings.database_url is not None:
        raise BackupFailed("the database of DATABASE_URL is backed up where it runs; this backs up the PostgreSQL in CASELOAD_HOME")
    if not (home.postgres / "initialised").exists():
        raise BackupFailed(f"there is no installation in {home.directory}")
    if home.rabbit.exists():
        raise BackupFailed("`caseload suite` keeps events in RabbitMQ, which is not backed up; this backs up what `caseload run` keeps")
    passphrase = passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=True)
    steps = Steps(Console())
    place = place_of(address, options.keys or settings.backup_keys_target)
    check_mark(home, target, place)
    written = Journal.read(home)
    has_journal = (settings.writes_journal and address == settings.backup_target) or (written is not None and written.place == place)
    with administrator(home, settings) as dsn:
        journal = asyncio.run(_prepare_journal(home, dsn, target, place if has_journal else None, passphrase))
        manifest = make_backup(home, dsn, target, passphrase, steps, journal)
    BackupStatus(manifest.name, manifest.made_at, place=place).write(home)
    size = sum(part.size for part in manifest.parts.values())
    steps.say(f"Backed up as {manifest.name}: {size / 1e6:.1f} MB, {manifest.files} files; read back and verified")
    if options.expire:
        own = {found.name: found for found in catalogue.found_in(target) if found.is_whole and found.is_of(catalogue.installation_of(home))}
        for name in expired({name: found.begun_at for name, found in own.items()}, settings.kept_backups):
            catalogue.delete(target, own[name])
            steps.say(f"{name} is not kept any longer")


def _list(target: Target) -> None:
    every, journals = catalogue.found_in(target), contents_of(target.sizes())
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
            found.name,
            made_at,
            size,
            str(manifest.files),
            version,
            f"MISSING: {', '.join(sorted(missing))}" if missing else _told_moments(manifest, journals),
        )
    # Names are for copying: no line of the table is broken where the output is no terminal.
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)


def _told_moments(manifest: Manifest, journals: Mapping[str, Contents]) -> str:
    if manifest.journal not in journals:
        return "whole"
    reach = names.reach(journals[manifest.journal].pieces, manifest.first_segment)
    if reach.moment is None:
        # As every backup is that is older than the journal is kept.
        return "whole, for its own moment alone"
    told = f"whole, to any moment until {reach.moment:%Y-%m-%d %H:%M:%S} UTC"
    return told if reach.gap is None else f"{told}, where its journal has a GAP"


def _check_room(home: Home) -> None:
    """A proof is made in the home, and leaves enough for those who work in it."""
    if not (home.postgres / "data").exists() or not home.backups.exists():
        return
    size = Archive(home.postgres, "data", hidden=True).expected_size
    if shutil.disk_usage(home.backups).free < size + _ROOM_LEFT:
        raise BackupFailed("the disk of the home has no room to restore a backup beside its database: make room")


def _verify(settings: StandaloneSettings, options: argparse.Namespace, home: Home, target: Target) -> None:
    # Several installations may share a target: the home says which one is meant.
    own = catalogue.installation_of(home) if (home.directory / "database-secret").exists() else None
    planned = plan(target, options.backup, None, datetime.now(UTC), own)
    passphrase = passphrase_from(options.passphrase_file or settings.backup_passphrase_file, new=False)
    backup = OpenedBackup(target, planned.found, passphrase)
    replay = Replay(target, planned, backup.manifest, passphrase) if planned.reach.pieces else None
    steps = Steps(Console())
    _check_room(home)
    verified = verify_backup(backup, home.backups if home.backups.exists() else None, steps, replay)
    steps.say(f"{backup.name} is whole: its database starts, and its keyring opens the {verified.keys} keys of its workspaces")
    if verified.reached is not None:
        steps.say(f"with its journal it can be restored to any moment until {verified.reached.isoformat(timespec='milliseconds')}")
    if home.backups.exists():
        ProofStatus(backup.name, datetime.now(UTC)).write(home)
    if planned.reach.gap is not None:
        raise BackupFailed(f"its journal has a gap after that: {planned.reach.gap} is not whole")


@contextmanager
def _failures_told(keep: Callable[[str], None] | None) -> Iterator[None]:
    """SystemExit with the reason; `keep` keeps it for those who ask later why there is no newer backup."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        yield
    except (BackupFailed, ChildFailedError, OSError) as failure:
        told = f"{failure.strerror}: {failure.filename}" if isinstance(failure, OSError) else str(failure)
        if keep is not None:
            # Where the disk is full it can be kept nowhere, but is said all the same.
            with suppress(OSError):
                keep(told)
        raise SystemExit(told) from None


def _backup_failed(home: Home, told: str) -> None:
    if home.backups.exists():
        replace(BackupStatus.read(home), failed_at=datetime.now(UTC), failure=told).write(home)


def _proof_failed(home: Home, told: str) -> None:
    if home.backups.exists():
        replace(ProofStatus.read(home), failed_at=datetime.now(UTC), failure=told).write(home)
