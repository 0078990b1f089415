"""Deletes what no moment needs that can still be restored to."""

from datetime import datetime, timedelta

from standalone.backups import catalogue
from standalone.backups.catalogue import KEYS, MANIFEST, Found
from standalone.backups.errors import BackupFailed
from standalone.backups.journal import naming_rules as names
from standalone.backups.journal.store import Contents, contents_of
from standalone.backups.manifest import Manifest
from standalone.backups.targets import Target


def prune(target: Target, installation: str, current: str, days: float, now: datetime) -> int:
    """How many objects were deleted. Of the last `days` every moment stays; the journal that is being written is never deleted as a whole."""
    sizes = target.sizes()
    manifests = _manifests(target, installation)
    finished = [each for each in manifests if each.stopped_at is not None and each.stopped_at <= now - timedelta(days=days)]
    needed = manifests[len(finished) - 1 :] if finished else manifests
    deleted = 0
    for journal, contents in contents_of(sizes).items():
        if names.installation_of(journal) != installation:
            continue
        own = [each for each in needed if each.journal == journal]
        if own:
            gone = _before(contents, own[0])
        elif journal != current and not _may_be_needed(journal, needed, now):
            gone = [*(each.name for each in contents.pieces), *(each.name for each in contents.others), KEYS]
        else:
            gone = []
        for name in gone:
            target.delete(f"{journal}/{name}")
        deleted += len(gone)
    return deleted


def _before(contents: Contents, first: Manifest) -> list[str]:
    pieces = [each.name for each in contents.pieces if each.segment < first.first_segment]
    files = [each.name for each in contents.of_kind("files") if each.moment < first.made_at]
    # The last ones of before are those of the backup.
    secrets = [each.name for each in contents.of_kind("secrets") if each.moment < first.made_at][:-1]
    return pieces + files + secrets


def _may_be_needed(journal: str, needed: list[Manifest], now: datetime) -> bool:
    """Without a backup nothing can be restored of it; one that has just begun waits for its first."""
    begun = catalogue.moment_of(journal.split("-")[2])
    return not needed or now - begun < timedelta(days=1)


def _manifests(target: Target, installation: str) -> list[Manifest]:
    """Of the whole backups, the oldest first. One whose manifest is damaged needs nothing; BackupFailed where the target does not give one: it may need all."""
    found: list[Found] = [each for each in catalogue.found_in(target) if MANIFEST in each.parts and each.is_of(installation)]
    manifests = []
    for each in found:
        document = catalogue.document(target, each.name, MANIFEST)
        try:
            manifests.append(Manifest.parse(document))
        except BackupFailed:
            continue
    return manifests
