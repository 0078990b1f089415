"""`make drill-upgrade`: upgrades between the last release and this tree, and back, while people work, with a report. Exits with 1 if a guarantee was broken."""

import argparse
import asyncio
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from deployment.upgrades.rolling import RolledBack, Upgrade
from drill.__main__ import Report
from drill.builds import add_migration, build_broken, build_last, build_next, root_of
from drill.environment import DrillEnvironment
from drill.history import History
from drill.kills import wait_for_operations
from drill.processes import PROCESSES, ProcessInstallation
from drill.users import SimulatedUser
from drill.verification import row_ids, verify
from standalone.installation import Installation
from standalone.services import NAMES
from standalone.source_releases import environment_of, last_release

# What the made-up next release adds, and what it takes away when nobody needs it any more.
ADDED = {
    "clients": (
        "ALTER TABLE clients.clients ADD favourite_colour text",
        "CREATE INDEX ix_colour ON clients.clients (workspace_id, favourite_colour)",
    ),
    "clinical": ("ALTER TABLE clinical.sessions ADD mood smallint CHECK (mood > 0)",),
    "scheduling": ("ALTER TABLE scheduling.appointments ADD shown_as text NOT NULL DEFAULT 'busy'",),
}
PARTS = ("forward", "back", "again", "fault", "contract")
TAKEN = ("clients", "ALTER TABLE clients.clients DROP COLUMN favourite_colour")


async def drill(options):
    report, chance = Report(), random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    release = last_release()
    try:
        last, next_one = build_last(folder), build_next(folder)
        with root_of(next_one):
            for service, statements in ADDED.items():
                add_migration(service, *statements)
            add_migration(*TAKEN, contract=True)
        broken = build_broken(folder, next_one, "notifications")
        report.line(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, Python {platform.python_version()}, {options.writers} people at work, seed {options.seed}"
        )
        report.line(f"from release {release.version} ({release.commit[:8]}) to this tree and back, both from source")
        # Its own database, keyring and demonstration practice.
        first = Installation("run", folder / "home", environment_of(last))
        first.start()
        first.stop()
        async with DrillEnvironment(folder / "home", make=partial(ProcessInstallation, str(last))) as environment:
            await upgrades(
                report,
                environment,
                chance,
                options.parts,
                last=str(last),
                next_one=str(next_one),
                broken=str(broken),
                writers=options.writers,
            )
    except BaseException as failure:
        report.broken.append(repr(failure))
        raise
    finally:
        if report.broken:
            report.line(f"its files are kept in {folder}")
        else:
            shutil.rmtree(folder)
    report.line(f"\n{len(report.broken) or 'no'} guarantees broken")
    report.details(report.broken)
    return 1 if report.broken else 0


async def upgrades(report, environment, chance, parts, *, last, next_one, broken, writers):
    history, target = History(), environment.installation
    token, before = await environment.colleagues(), await row_ids(environment)
    began = time.monotonic()
    async with at_work(environment, token, history, writers) as work:
        for part in parts:
            if part == "fault":
                await fault(report, history, target, broken)
            elif part == "contract":
                report.line("\nwhat nobody needs any more is taken away")
                await asyncio.to_thread(Upgrade(target, next_one, report.line).contract)
                await wait_for_operations(history, work, 100)
            else:
                order = chance.sample(PROCESSES, len(PROCESSES))
                report.line(f"\n{part}: {', '.join(order)}")
                await wait_for_operations(history, work, 50)
                build = last if part == "back" else next_one
                await upgrade(report, history, target, build, order, back=part == "back")
                report.result("processes of the build", sum(target.build_of(name) == build for name in PROCESSES), expected=len(PROCESSES))
    if "contract" in parts:
        column = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'clients' AND column_name = 'favourite_colour'"
        report.result("columns that were taken away and are still there", await environment.value(column), expected=0)
    await conclude(report, environment, history, token, before, time.monotonic() - began)


async def fault(report, history, target, broken):
    """A build that does not start: the upgrade goes back by itself."""
    before = {name: target.build_of(name) for name in PROCESSES}
    report.line("\na build with a service that does not start")
    went_back = False
    try:
        await upgrade(report, history, target, broken, ())
    except RolledBack:
        went_back = True
    report.result("went back by itself", went_back, expected=True)
    report.result(
        "processes of the build before", sum(target.build_of(name) == before[name] for name in PROCESSES), expected=len(PROCESSES)
    )


@asynccontextmanager
async def at_work(environment, token, history, writers):
    """People who work meanwhile; their tasks."""
    users = [SimulatedUser(environment.gateway_url, token, history, seed=f"upgrade-{number}") for number in range(writers)]
    stop = asyncio.Event()
    work = [asyncio.create_task(user.work(stop)) for user in users]
    try:
        yield work
    finally:
        stop.set()
        await asyncio.gather(*work)
        for user in users:
            await user.close()


async def upgrade(report, history, target, build, order, *, back=False):
    began, done = time.monotonic(), len(history.operations)

    def say(line):
        report.line(f"  {line.replace(build, Path(build).name)}")

    try:
        await asyncio.to_thread(Upgrade(target, build, say).run, order, back=back)
    finally:
        report.result("seconds", round(time.monotonic() - began, 1))
        report.result("operations acknowledged meanwhile", len(history.operations) - done)
        report.result("requests that failed so far", failed(history), expected=0)


def failed(history):
    return sum(history.retryable_refusals.values()) + len(history.violations)


async def conclude(report, environment, history, token, before, seconds):
    report.line("\nafter all of it")
    settled = await environment.settle()
    findings = await verify(environment, history, token, before)
    report.result("seconds of work", round(seconds))
    report.result("acknowledged operations", len(history.operations))
    report.result("requests that failed", failed(history), expected=0)
    report.details([*history.violations, *map(str, history.retryable_refusals.items())])
    report.result("longest time until a reply, s", round(history.longest_reply, 2))
    report.result("acknowledged writes lost", len(findings.lost), expected=0)
    report.details(findings.lost)
    report.result("effects twice", len(findings.duplicated), expected=0)
    report.details(findings.duplicated)
    report.result("operations in the audit trail", findings.audited, expected=len(history.operations))
    report.details(findings.not_audited)
    report.result("the trail verifies", findings.trail_intact, expected=True)
    letters = [f"SELECT count(*) AS dead FROM {name}.dead_letters" for name in NAMES]
    report.result(
        "events that could not be handled",
        await environment.value(f"SELECT sum(dead) FROM ({' UNION ALL '.join(letters)}) AS all_dead"),
        expected=0,
    )
    report.result("reminders mailed once", findings.reminders_sent)
    report.result("seconds until every event had its effect", round(settled, 1))


def main():
    parser = argparse.ArgumentParser(prog="drill.upgrades", description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="in this order")
    sys.exit(asyncio.run(drill(parser.parse_args())))


if __name__ == "__main__":
    main()
