"""Processes killed one after another, at moments nobody chose, while people work; then the reckoning."""

import asyncio
import random
from dataclasses import dataclass, field

from drill.faults import KILLABLE, is_reborn, kill
from drill.ground import until
from drill.history import History
from drill.people import Pass, Person
from drill.verdict import Verdict, inventory, judge

SECONDS_TO_COME_BACK = 120.0


@dataclass(slots=True)
class Report:
    """What a run of kills came to."""

    kills: list[str] = field(default_factory=list)
    history: History = field(default_factory=History)
    verdict: Verdict = field(default_factory=Verdict)
    seconds_to_settle: float = 0.0


def schedule(count, *, seed):
    """Who is killed, in which order: everybody in turn, each round in another order."""
    chance = random.Random(seed)
    order = []
    while len(order) < count:
        order += chance.sample(KILLABLE, len(KILLABLE))
    return order[:count]


async def killing(ground, victims, *, seed, writers=16, tell=lambda line: None):
    """Kills `victims` in turn while `writers` people work; what became of their work."""
    report, chance = Report(), random.Random(seed)
    shown, before = Pass(ground.gateway_url), await inventory(ground)
    people = [Person(ground.gateway_url, shown, report.history, seed=f"{seed}-{number}") for number in range(writers)]
    enough = asyncio.Event()
    work = [asyncio.create_task(person.work(enough)) for person in people]
    try:
        for name in victims:
            # Work first, so that every victim dies in the middle of it.
            await worked(report.history, work, chance.randrange(20, 60))
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            victim = await asyncio.to_thread(kill, ground.trial, name)
            report.kills.append(name)
            tell(f"{len(report.kills):4}  {name:14} {len(report.history.deeds):7} acknowledged so far")
            await until(_reborn(ground, name, victim), SECONDS_TO_COME_BACK, f"{name} is started again")
        await worked(report.history, work, 100)
    finally:
        enough.set()
        await asyncio.gather(*work)
        for person in people:
            await person.close()
    await ground.ready()
    report.seconds_to_settle = await ground.settle()
    report.verdict = await judge(ground, report.history, shown, before)
    return report


async def worked(history, work, count):
    """Returns once so many more operations have been acknowledged; a person who broke down is heard at once."""
    wanted = len(history.deeds) + count
    while len(history.deeds) < wanted:
        for person in work:
            if person.done():
                person.result()
        await asyncio.sleep(0.02)


def _reborn(ground, name, victim):
    async def reborn():
        return is_reborn(ground.trial, name, victim)

    return reborn
