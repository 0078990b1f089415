"""`make drill`: everything at full length, and its figures. It ends with 1 where a promise was broken."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

from drill.ground import Ground
from drill.kills import killing, schedule
from drill.outages import OUTAGES, peer_hangs
from drill.races import RACERS, WRITERS, book_at_once, race_for_one_key, take_on_at_once
from standalone.services import NAMES

# As in production: how soon a failed reaction is tried again is part of what is drilled.
PACE = {"CASELOAD_REACTION_DELAYS": "[1, 10, 60, 600]"}


class Record:
    """The figures as they come in, and what should not be among them."""

    def __init__(self):
        self.broken = []

    def say(self, line):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def figure(self, name, value, *, wanted=None):
        """A line of the report; one that is not as it has to be is broken."""
        wrong = wanted is not None and value != wanted
        if wrong:
            self.broken.append(f"{name}: {value}")
        self.say(f"  {name:<58} {value}{f'   BROKEN, has to be {wanted}' if wrong else ''}")

    def sentences(self, found):
        for sentence in found[:20]:
            self.say(f"    {sentence}")


async def races(record, *, each, seed):
    record.say(f"\n{WRITERS} writers, {RACERS} racers")
    async with _ground(record) as ground:
        began = time.monotonic()
        rush = await book_at_once(ground, each=each, seed=seed)
        record.figure("bookings of overlapping times tried", rush.booked + rush.refused, wanted=WRITERS * each)
        record.figure("  acknowledged", rush.booked)
        record.figure("  refused", rush.refused)
        record.figure("  booked twice", rush.overlaps, wanted=0)
        record.figure("  lost", rush.lost, wanted=0)
        record.figure("  a second", round((rush.booked + rush.refused) / (time.monotonic() - began)))
        acknowledged, lost, faults = await take_on_at_once(ground, each=100, seed=seed)
        record.figure("clients taken on at the same time", acknowledged, wanted=WRITERS * 100)
        record.figure("  lost", lost, wanted=0)
        runs = [await race_for_one_key(ground, seed=f"{seed}-{number}") for number in range(5)]
        killed = [await race_for_one_key(ground, seed=f"{seed}-{n}", killed=("clients", "gateway")[n % 2]) for n in range(20)]
        in_the_middle = [race for race in killed if race.answered_before_the_kill < RACERS and race.history.troubles]
        record.figure("races for one Idempotency-Key", len(runs) + len(killed))
        record.figure("  with one effect, one answer and one line on record", sum(race.is_one for race in (*runs, *killed)), wanted=25)
        record.figure("  with a kill in the middle", len(in_the_middle))
        faults = [*rush.faults, *faults, *(fault for race in (*runs, *killed) for fault in race.history.faults)]
        record.figure("answers that nobody may ever be given", len(faults), wanted=0)
        record.sentences(faults)


async def kills(record, *, count, seed):
    record.say(f"\n{count} kills, seed {seed}")
    async with _ground(record) as ground:
        report = await killing(ground, schedule(count, seed=seed), seed=seed, tell=record.say)
        history, verdict = report.history, report.verdict
        record.figure("kills", len(report.kills), wanted=count)
        record.figure("acknowledged operations", len(history.deeds))
        record.figure("  writes", len(history.writes))
        record.figure("  reads", len(history.reads))
        record.figure("  bookings refused for want of time", history.refused_bookings)
        record.figure("acknowledged writes lost", len(verdict.lost), wanted=0)
        record.sentences(verdict.lost)
        record.figure("effects doubled", len(verdict.doubled), wanted=0)
        record.sentences(verdict.doubled)
        record.figure("operations on record", verdict.on_record, wanted=len(history.deeds))
        record.sentences(verdict.off_record)
        record.figure("the trail verifies", verdict.trail_intact, wanted=True)
        record.figure("  sealed events", verdict.sealed_events)
        record.figure("reminders mailed once", verdict.reminders_sent)
        record.figure("  whose sender died in mid-conversation", verdict.reminders_unknown)
        record.figure("answers that nobody may ever be given", len(history.faults), wanted=0)
        record.sentences(history.faults)
        record.figure("refusals to come back later", sum(history.troubles.values()))
        record.figure("longest time until an operation was acknowledged, s", round(history.longest_outage, 1))
        record.figure("longest time until a single answer, s", round(history.longest_reply, 1))
        record.figure("time until nothing waited any more, s", round(report.seconds_to_settle, 1))


async def outages(record):
    record.say("\nOutages")
    async with _ground(record) as ground:
        for scenario in OUTAGES:
            await _outage(record, scenario.__name__.replace("_", " "), scenario(ground))
        for service in NAMES:
            await _outage(record, f"{service} hangs", peer_hangs(ground, service))


async def _outage(record, name, happening):
    try:
        outage = await happening
    except AssertionError as broken:
        record.broken.append(f"{name}: {broken}")
        record.say(f"  {name:<28} BROKEN: {broken}")
    else:
        refused = f"{outage.refused} refused, the slowest after {outage.slowest:.1f} s; " if outage.refused else "nobody refused; "
        record.say(f"  {name:<28} {refused}all well {outage.seconds_to_recover:.1f} s later, nothing restarted")


@asynccontextmanager
async def _ground(record):
    """A suite of its own, whose home is kept where something went wrong."""
    folder, broken = Path(tempfile.mkdtemp(prefix="drill-")), len(record.broken)
    try:
        async with Ground(folder / "suite", environment=PACE) as ground:
            yield ground
    except BaseException as failure:
        record.broken.append(repr(failure))
        raise
    finally:
        if len(record.broken) == broken:
            shutil.rmtree(folder)
        else:
            record.say(f"  What is left of it is in {folder}")


async def drill(options):
    record = Record()
    began = time.monotonic()
    await races(record, each=options.each, seed=options.seed)
    await kills(record, count=options.kills, seed=options.seed)
    await outages(record)
    record.say(f"\n{time.monotonic() - began:.0f} s in all; {len(record.broken) or 'no'} promises broken")
    record.sentences(record.broken)
    return 1 if record.broken else 0


def main():
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--each", type=int, default=2000, help="bookings tried by each writer")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(asyncio.run(drill(parser.parse_args())))


if __name__ == "__main__":
    main()
