"""What an upgrade looks at before it begins, and the order of its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

GIB = 1024**3
# For the new image or build, and for what migrations write.
ROOM = 5 * GIB
OLDEST_BACKUP = timedelta(hours=26)


class Refused(Exception):
    """It did not begin, or a command failed. The message says why, a line each."""


@dataclass(frozen=True, slots=True)
class Situation:
    """An installation as it was found. What cannot be known of a kind of installation is None."""

    # The build that each process runs.
    builds: Mapping[str, str]
    unhealthy: Sequence[str]
    # Whether the database was migrated by a release newer than the build.
    newer_database: bool
    # Services of which was taken away what the release before the running one uses (--contract).
    contracted: Sequence[str] = ()
    # Releases on the way that are reached with everything stopped.
    stopped: Sequence[str] = ()
    # Bytes that are free where builds and the database are.
    free: int | None = None
    # Since the last backup; `no_backup` when there is none.
    backup_age: timedelta | None = None
    no_backup: bool = False
    # Secrets that the build's processes are given and that are not there.
    missing_secrets: Sequence[str] = ()


def reasons_against(situation: Situation, *, back: bool) -> list[str]:
    """Why the upgrade must not begin, with what to do. On the way back, an unhealthy process and an old backup are no reason to wait."""
    found = []
    if situation.free is not None and situation.free < ROOM:
        found.append(f"disk: {situation.free / GIB:.1f} GiB are free, {ROOM // GIB} are needed: make room")
    found += [
        f"secrets: {name} is not there: run `secrets` again, docs/operations/upgrade.md says how" for name in situation.missing_secrets
    ]
    found += [f"versions: {version} is reached with everything stopped: deploy/README.md says how" for version in situation.stopped]
    if back:
        lost = "what an older release uses was taken away (--contract): only a backup leads back"
        return [*found, *(f"versions: {service}: {lost}" for service in situation.contracted)]
    found += [f"{name}: it is not healthy before the upgrade: see to it first" for name in situation.unhealthy]
    if situation.newer_database:
        found.append("versions: a newer release has migrated this database: upgrade to that one, or go back with --back")
    if situation.no_backup:
        found.append("backup: there is none: make one")
    elif situation.backup_age is not None and situation.backup_age > OLDEST_BACKUP:
        hours = situation.backup_age.total_seconds() / 3600
        found.append(f"backup: the last one is {hours:.0f} hours old: make one")
    return found


def way_between(versions: Sequence[tuple[str, str]], before: str, after: str) -> list[str]:
    """The releases on the way, or on the way back, that are reached with everything stopped. `versions` are (version, way), the oldest first.

    A version that is not among them is not released yet: it comes after the last release, and rolls from there.
    """
    places = [version for version, _way in versions]
    ends = sorted(places.index(version) + 1 if version in places else len(places) for version in (before, after))
    return [version for version, way in versions[slice(*ends)] if way == "stopped"]


def rolling_order(processes: Sequence[str], wanted: Sequence[str] = (), *, back: bool) -> list[str]:
    """The order in which processes are replaced: the services before the gateway, which asks them; the other way round on the way back.

    `wanted` is another order. Any is right, because every release answers the one before and is answered by it.
    """
    if wanted:
        if sorted(wanted) != sorted(processes):
            raise Refused(f"order: it has to name each of {', '.join(processes)} once")
        return list(wanted)
    services_first = sorted(processes, key=lambda name: name == "gateway")
    return services_first[::-1] if back else services_first
