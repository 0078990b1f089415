"""Kills processes one after another at random moments while users work, then verifies their work."""

import asyncio
import random
from dataclasses import dataclass, field

from drill.environment import until
from drill.faults import KILLABLE, has_restarted, kill
from drill.history import History
from drill.users import SimulatedUser
from drill.verification import Findings, row_ids, verify

SECONDS_TO_COME_BACK = 120.0


@dataclass(slots=True)
class KillRun:
    """The results of a run of kills."""

    kills: list[str] = field(default_factory=list)
    history: History = field(default_factory=History)
    findings: Findings = field(default_factory=Findings)
    seconds_to_settle: float = 0.0


def schedule(count, *, seed):
    """The order of kills: every process once per round, each round in another random order."""
    chance = random.Random(seed)
    order = []
    while len(order) < count:
        order += chance.sample(KILLABLE, len(KILLABLE))
    return order[:count]


async def run_kills(environment, victims, *, seed, writers=16, progress=lambda line: None):
    """Kills `victims` in turn while `writers` users work. Verifies their work and returns the results."""
    run, chance = KillRun(), random.Random(seed)
    token, before = await environment.colleagues(), await row_ids(environment)
    users = [SimulatedUser(environment.gateway_url, token, run.history, seed=f"{seed}-{number}") for number in range(writers)]
    stop = asyncio.Event()
    work = [asyncio.create_task(user.work(stop)) for user in users]
    try:
        for name in victims:
            # Operations are under way whenever a process is killed.
            await wait_for_operations(run.history, work, chance.randrange(20, 60))
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            victim = await asyncio.to_thread(kill, environment.installation, name)
            run.kills.append(name)
            progress(f"{len(run.kills):4}  {name:14} {len(run.history.operations):7} acknowledged so far")
            await until(_restarted_check(environment, name, victim), SECONDS_TO_COME_BACK, f"{name} is started again")
        await wait_for_operations(run.history, work, 100)
    finally:
        stop.set()
        await asyncio.gather(*work)
        for user in users:
            await user.close()
    await environment.ready()
    run.seconds_to_settle = await environment.settle()
    run.findings = await verify(environment, run.history, token, before)
    return run


async def wait_for_operations(history, work, count):
    """Waits until `count` more operations have been acknowledged. Raises the error of a user whose work failed."""
    wanted = len(history.operations) + count
    while len(history.operations) < wanted:
        for user in work:
            if user.done():
                user.result()
        await asyncio.sleep(0.02)


def _restarted_check(environment, name, victim):
    async def restarted():
        return has_restarted(environment.installation, name, victim)

    return restarted
