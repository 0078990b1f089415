"""`make drill`: races, kills, notices, streams, saves, restarts, outages and tamperings at full length, with a report. Exits with 1 if a guarantee was broken."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

from attack.tamperings import KINDS

from chassis.local.postgres import LocalPostgres
from drill.crowds import crowd
from drill.environment import DrillEnvironment
from drill.faults import KILLABLE
from drill.floods import FLOODS, flood, timing
from drill.kills import run_kills, schedule
from drill.notices import notify
from drill.outages import OUTAGES, peer_hangs
from drill.races import RACERS, RACES, WRITERS, create_clients_concurrently, race_for_one_key, race_for_times
from drill.restarts import RESTARTABLE, run_restarts
from drill.saves import save_often
from drill.streams import stream
from drill.tampering import tamper
from standalone.services import NAMES

# The delays of production, because retries of failed reactions are part of the drill.
SETTINGS = {"CASELOAD_REACTION_DELAYS": "[1, 10, 60, 600]"}

ABOUT_FLOODS = "SELECT count(*) FROM audit.audit_events WHERE event_type = 'login' AND outcome = 'failure'"


class Report:
    """Prints results as they come in, and collects the broken guarantees."""

    def __init__(self):
        self.broken = []

    def line(self, line):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def result(self, name, value, *, expected=None):
        """Prints a line of the report. A value other than `expected` is a broken guarantee."""
        wrong = expected is not None and value != expected
        if wrong:
            self.broken.append(f"{name}: {value}")
        self.line(f"  {name:<58} {value}{f'   BROKEN, expected {expected}' if wrong else ''}")

    def details(self, found):
        for each in found[:20]:
            self.line(f"    {each}")


async def races(report, *, each, seed):
    report.line(f"\n{WRITERS} writers, {RACERS} racers")
    async with _environment(report, RACES) as environment:
        began = time.monotonic()
        bookings = await race_for_times(environment, each=each, seed=seed)
        report.result("bookings of overlapping times tried", bookings.booked + bookings.refused, expected=WRITERS * each)
        report.result("  acknowledged", bookings.booked)
        report.result("  refused", bookings.refused)
        report.result("  booked twice", bookings.overlaps, expected=0)
        report.result("  lost", bookings.lost, expected=0)
        report.result("  a second", round((bookings.booked + bookings.refused) / (time.monotonic() - began)))
        acknowledged, lost, violations = await create_clients_concurrently(environment, each=100, seed=seed)
        report.result("clients created at the same time", acknowledged, expected=WRITERS * 100)
        report.result("  lost", lost, expected=0)
        runs = [await race_for_one_key(environment, seed=f"{seed}-{number}") for number in range(5)]
        killed = [await race_for_one_key(environment, seed=f"{seed}-{n}", killed=("clients", "gateway")[n % 2]) for n in range(20)]
        in_the_middle = [race for race in killed if race.answered_before_the_kill < RACERS and race.history.retryable_refusals]
        report.result("races for one Idempotency-Key", len(runs) + len(killed))
        report.result("  with one effect, one reply and one audit event", sum(race.is_one for race in (*runs, *killed)), expected=25)
        report.result("  with a kill in the middle", len(in_the_middle))
        violations = [*bookings.violations, *violations, *(each for race in (*runs, *killed) for each in race.history.violations)]
        report.result("replies that must never happen", len(violations), expected=0)
        report.details(violations)


async def floods(report, *, guesses, timings, seconds):
    report.line(f"\n{guesses} guesses from elsewhere")
    async with _environment(report, FLOODS) as environment:
        tried = await flood(environment, guesses=guesses)
        report.result("guesses", tried.guesses.total(), expected=guesses)
        report.result("  that signed in", tried.guesses[200], expected=0)
        report.result("  by status", dict(tried.guesses))
        for where, attempts in (("a known device", tried.on_a_known_device), ("a new device", tried.on_a_new_device)):
            report.result(f"the owner's own attempts on {where}", dict(attempts))
            report.result("  at least 99 % got in", tried.share(attempts) >= 0.99, expected=True)
        report.result("slowest of them, s", round(tried.slowest, 1))
        report.result("seconds", round(tried.seconds))
        report.result("audit lines about it", await environment.value(ABOUT_FLOODS))
        curve, same = await timing(environment, each=timings)
        report.result(f"area under the curve, known and unknown, {timings} each", round(curve, 3))
        report.result("  within 0.05 of chance", abs(curve - 0.5) < 0.05, expected=True)
        report.result("  the same replies", same, expected=True)
    report.line(f"\n{seconds:.0f} s of each flood from behind the colleagues' own address")
    async with _environment(report, FLOODS) as environment:
        found = await crowd(environment, seconds=seconds)
        for name, sent in found.sent.items():
            report.result(name, dict(sent))
            report.result("  colleagues on new devices meanwhile", dict(found.by_flood[name]))
        for where, attempts in found.attempts.items():
            report.result(where, dict(attempts))
            report.result("  at least 99 % got in", found.share(where) >= 0.99, expected=True)
        report.result("slowest of them, s", round(found.slowest, 1))
        report.result("memory of the gateway, MiB: before", round(found.megabytes_before))
        report.result("  at most", round(found.megabytes))
        report.result("  200 MiB more or less", found.megabytes - found.megabytes_before < 200, expected=True)


async def kills(report, *, count, seed):
    report.line(f"\n{count} kills, seed {seed}")
    async with _environment(report) as environment:
        run = await run_kills(environment, schedule(count, seed=seed), seed=seed, progress=report.line)
        history, findings = run.history, run.findings
        report.result("kills", len(run.kills), expected=count)
        report.result("acknowledged operations", len(history.operations))
        report.result("  writes", len(history.writes))
        report.result("  reads", len(history.reads))
        report.result("  bookings refused because of a conflict", history.refused_bookings)
        report.result("acknowledged writes lost", len(findings.lost), expected=0)
        report.details(findings.lost)
        report.result("duplicate effects", len(findings.duplicated), expected=0)
        report.details(findings.duplicated)
        report.result("operations in the audit trail", findings.audited, expected=len(history.operations))
        report.details(findings.not_audited)
        report.result("the trail verifies", findings.trail_intact, expected=True)
        report.result("  events in the chain", findings.events_in_chain)
        report.result("reminders mailed once", findings.reminders_sent)
        report.result("  whose sender was killed while sending", findings.reminders_unknown)
        report.result("replies that must never happen", len(history.violations), expected=0)
        report.details(history.violations)
        report.result("replies that ask to try again later", sum(history.retryable_refusals.values()))
        report.result("longest time until an operation was acknowledged, s", round(history.longest_outage, 1))
        report.result("longest time until a single reply, s", round(history.longest_reply, 1))
        report.result("time until everything was processed, s", round(run.seconds_to_settle, 1))


async def notices(report, *, reminders, alerts, seed):
    report.line(f"\n{reminders} reminders and {alerts} alerts under kills, seed {seed}")
    async with _environment(report) as environment:
        # The first is killed while it hands a text message over.
        victims = ["notifications", *schedule(2 * len(KILLABLE), seed=seed)]
        found = await notify(environment, reminders=reminders, alerts=alerts, victims=victims, seed=seed, progress=report.line)
        report.result("kills", len(found.kills), expected=len(victims))
        report.result("reminders", found.reminders.total(), expected=reminders)
        report.result("  by status", dict(found.reminders))
        report.result("  text messages killed in the middle, and not sent again", found.killed_in_the_middle)
        report.result("steps of alerts to a level", found.steps, expected=2 * alerts)
        report.result("  mails about them, by status", dict(found.alert_mails))
        report.result("lost", len(found.lost), expected=0)
        report.details(found.lost)
        report.result("doubled", len(found.doubled), expected=0)
        report.details(found.doubled)
        report.result("lateness of reminders, s: median, 99 %, longest", found.late(found.reminder_lateness))
        report.result("lateness of steps, s: median, 99 %, longest", found.late(found.step_lateness))
        report.result("  later than 5 s", sum(late > 5 for late in found.step_lateness), expected=0)
        report.result("lateness of mails about steps, s: median, 99 %, longest", found.late(found.alert_mail_lateness))


async def streams(report, *, number):
    report.line(f"\n{number} open streams of alerts")
    async with _environment(report) as environment:
        found = await stream(environment, streams=number, alerts=100, per_second=10)
        report.result("streams", found.streams, expected=number)
        report.result("  that ended", found.ended, expected=0)
        report.result("alerts raised", found.alerts, expected=100)
        report.result("  a second", round(found.raised_per_second, 1))
        report.result("told to the streams", found.told, expected=100 * number)
        report.result("  missing", found.missing, expected=0)
        report.result("  doubled", found.doubled, expected=0)
        report.result("from the alert to the reader, s: median", round(found.at(50), 3))
        report.result("  99 %", round(found.at(99), 3))
        report.result("  99 % under half a second", found.at(99) < 0.5, expected=True)
        report.result("memory of the gateway for each stream, KiB", round(found.kib_per_stream, 1))


async def saves(report, *, count, seed):
    report.line(f"\n{count} saves from devices without a network")
    async with _environment(report) as environment:
        began = time.monotonic()
        made = await save_often(environment, count=count, seed=seed, progress=report.line)
        report.result("saves acknowledged", made.acknowledged)
        report.result("  lost", len(made.lost), expected=0)
        report.details(made.lost)
        report.result("  a second", round(made.acknowledged / (time.monotonic() - began)))
        report.result("  by status", dict(made.statuses))
        report.result("  rejected", made.statuses["rejected"], expected=0)
        report.result("notes that were begun twice, or in vain", made.notes - made.copies - made.begun, expected=0)
        report.result("kills", made.kills)
        report.result("replies that were lost on their way", made.lost_replies)
        report.result("replies that ask to try again later", sum(made.refusals.values()))


async def restarts(report, *, seed):
    report.line("\nRestarts in order")
    async with _environment(report) as environment:
        run = await run_restarts(environment, RESTARTABLE * 3, seed=seed, writers=16, progress=report.line)
        report.result("restarts", len(run.restarts), expected=3 * len(RESTARTABLE))
        report.result("acknowledged operations", len(run.history.operations))
        report.result("requests that failed", run.failed, expected=0)
        report.details([*run.history.violations, *map(str, run.history.retryable_refusals.items())])
        report.result("longest time until a reply, s", round(run.history.longest_reply, 1))


async def tamperings(report, *, number, seed):
    report.line(f"\n{number} tamperings with audit trails, of {len(KINDS)} kinds")
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        postgres = await asyncio.to_thread(LocalPostgres(Path(folder), fast=True).start)
        try:
            found = await tamper(postgres.dsn, number=number, seed=seed, seconds=60.0)
        finally:
            await asyncio.to_thread(postgres.stop)
    report.result("trails tampered with", found.tried.total(), expected=number)
    report.result("  not told of within a minute", len(found.missed), expected=0)
    report.details(found.missed)
    report.result("  longest until told, s", round(found.longest, 1))
    report.result("trails told of that nobody tampered with", found.false_alarms, expected=0)


async def outages(report):
    report.line("\nOutages")
    async with _environment(report) as environment:
        for scenario in OUTAGES:
            await _outage(report, scenario.__name__.replace("_", " "), scenario(environment))
        for service in NAMES:
            await _outage(report, f"{service} hangs", peer_hangs(environment, service))


async def _outage(report, name, scenario):
    try:
        outage = await scenario
    except AssertionError as broken:
        report.broken.append(f"{name}: {broken}")
        report.line(f"  {name:<28} BROKEN: {broken}")
    else:
        refused = f"{outage.refused} refused, the slowest after {outage.slowest:.1f} s; " if outage.refused else "nothing refused; "
        report.line(f"  {name:<28} {refused}recovered {outage.seconds_to_recover:.1f} s later, nothing restarted")


@asynccontextmanager
async def _environment(report, settings=None):
    """A suite of its own. Its directory is kept if something went wrong."""
    folder, broken = Path(tempfile.mkdtemp(prefix="drill-")), len(report.broken)
    try:
        async with DrillEnvironment(folder / "suite", settings=SETTINGS | (settings or {})) as environment:
            yield environment
    except BaseException as failure:
        report.broken.append(repr(failure))
        raise
    finally:
        if len(report.broken) == broken:
            shutil.rmtree(folder)
        else:
            report.line(f"  Its files are kept in {folder}")


async def drill(options):
    report = Report()
    began = time.monotonic()
    parts = {
        "races": lambda: races(report, each=options.each, seed=options.seed),
        "floods": lambda: floods(report, guesses=options.guesses, timings=options.timings, seconds=options.seconds_of_each_flood),
        "kills": lambda: kills(report, count=options.kills, seed=options.seed),
        "notices": lambda: notices(report, reminders=options.reminders, alerts=options.alerts, seed=options.seed),
        "streams": lambda: streams(report, number=options.streams),
        "saves": lambda: saves(report, count=options.saves, seed=options.seed),
        "restarts": lambda: restarts(report, seed=options.seed),
        "outages": lambda: outages(report),
        "tamperings": lambda: tamperings(report, number=options.tamperings, seed=options.seed),
    }
    for name, part in parts.items():
        if options.only in {None, name}:
            await part()
    report.line(f"\n{time.monotonic() - began:.0f} s in all; {len(report.broken) or 'no'} guarantees broken")
    report.details(report.broken)
    return 1 if report.broken else 0


def main():
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--reminders", type=int, default=10_000, help="that come due while processes are killed")
    parser.add_argument("--alerts", type=int, default=500, help="that nobody answers meanwhile")
    parser.add_argument("--streams", type=int, default=1000, help="open at one gateway while ten alerts a second are raised")
    parser.add_argument("--only", help="one part alone: races, floods, kills, notices, streams, saves, restarts, outages or tamperings")
    parser.add_argument("--saves", type=int, default=100_000, help="saves from devices without a network")
    parser.add_argument("--each", type=int, default=2000, help="bookings tried by each writer")
    parser.add_argument("--guesses", type=int, default=100_000, help="wrong passwords from elsewhere while the owner signs in")
    parser.add_argument("--timings", type=int, default=2000, help="attempts with a known and with an unknown address, each")
    parser.add_argument("--tamperings", type=int, default=1000, help="audit trails that somebody tampers with")
    parser.add_argument("--seconds-of-each-flood", type=float, default=60, help="from behind the address of those who sign in")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(asyncio.run(drill(parser.parse_args())))


if __name__ == "__main__":
    main()
