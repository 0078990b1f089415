"""`deploy/upgrade compose IMAGE | kubernetes OVERLAY`: upgrades a running installation process by process, and goes back by itself when one is not healthy.

docs/operations/upgrade.md says what it looks at and does; docs/operations/rollback.md is the way back (--back).
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from deployment.upgrades.compose import Compose
from deployment.upgrades.kubernetes import Kubernetes
from deployment.upgrades.rolling import RolledBack, Upgrade
from deployment.upgrades.rules import Refused, Situation
from standalone.source_releases import ROOT, released


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    releases = [(release.version, release.commit, release.way) for release in released()]
    target: Compose | Kubernetes
    try:
        if options.kind == "compose":
            target, build = Compose(options.file or [str(ROOT / "deploy/compose/compose.yaml")], options.project, releases), options.image
        else:
            target = Kubernetes.of_overlay(options.overlay, options.namespace, options.context, releases)
            build = target.build
        upgrade = Upgrade(target, build, _say, look=partial(_with_backup, options.backup_command))
        if options.check:
            upgrade.check(back=options.back)
        elif options.contract:
            upgrade.check()
            upgrade.contract()
        else:
            upgrade.run(options.order.split(",") if options.order else (), back=options.back)
            _say(f"Keep it: {_to_keep(options, build)}")
    except Refused as refused:
        _say(f"Refused, and nothing goes on:\n{refused}")
        return 1
    except RolledBack as failure:
        _say(f"Rolled back: {failure}")
        return 2
    return 0


def _to_keep(options: argparse.Namespace, build: str) -> str:
    if options.kind == "compose":
        return f"CASELOAD_IMAGE={build} in deploy/compose/.env, or the next `up` starts another image."
    return f"{options.overlay} is what runs; apply nothing older."


def _say(line: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stdout.flush()


def _with_backup(command: str | None, found: Situation) -> Situation:
    """The situation with the age of the last backup, which another command knows: it prints when that was made (RFC 3339)."""
    if command is None:
        _say("backup: not looked at; --backup-command COMMAND prints when the last one was made")
        return found
    # The operator's own command line.
    told = subprocess.run(command, shell=True, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S602
    if not told:
        return replace(found, no_backup=True)
    try:
        return replace(found, backup_age=datetime.now(UTC) - datetime.fromisoformat(told))
    except (ValueError, TypeError):
        raise Refused(f"backup: --backup-command printed {told[:100]!r}, which is no moment such as 2026-11-22T03:00:00Z") from None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deploy/upgrade", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    compose = kinds.add_parser("compose", help="containers of one machine")
    compose.add_argument("image", help="the image that is upgraded to, which is there already: caseload:0.3.0")
    compose.add_argument("--project", help="the compose project; compose.yaml says caseload")
    compose.add_argument("--file", action="append", help="compose files; deploy/compose/compose.yaml unless given")
    kubernetes = kinds.add_parser("kubernetes", help="Deployments of a namespace")
    kubernetes.add_argument("overlay", help="the overlay of the new version, with its image")
    kubernetes.add_argument("--namespace", default="caseload")
    kubernetes.add_argument("--context", help="of kubectl's configuration")
    for kind in (compose, kubernetes):
        what = kind.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="looks whether anything speaks against it, and changes nothing")
        what.add_argument(
            "--contract", action="store_true", help="later: takes away what the release before used; there is no way back then"
        )
        kind.add_argument("--back", action="store_true", help="to an older release: no migrations, the gateway first")
        kind.add_argument("--order", help="another order of the processes, with commas between them")
        kind.add_argument("--backup-command", metavar="COMMAND", help="prints when the last backup was made, as 2026-11-22T03:00:00Z")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
