"""Restarts processes one after another in order, with SIGTERM, while users work. No request of theirs may fail."""

import asyncio
import os
import random
import signal
from dataclasses import dataclass, field

from drill.environment import until
from drill.faults import has_restarted, running_process
from drill.history import History
from drill.kills import wait_for_operations
from drill.users import SimulatedUser
from standalone.services import NAMES

RESTARTABLE = (*NAMES, "gateway")
SECONDS_TO_COME_BACK = 60.0


@dataclass(slots=True)
class RestartRun:
    """The results of a run of restarts."""

    restarts: list[str] = field(default_factory=list)
    history: History = field(default_factory=History)

    @property
    def failed(self) -> int:
        """How many requests were not answered as they should have been."""
        return sum(self.history.retryable_refusals.values()) + len(self.history.violations)


async def run_restarts(environment, names, *, seed, writers=8, progress=lambda line: None):
    """Restarts each process in turn while `writers` users work, and returns the results."""
    run, chance = RestartRun(), random.Random(seed)
    token = await environment.colleagues()
    users = [SimulatedUser(environment.gateway_url, token, run.history, seed=f"{seed}-{number}") for number in range(writers)]
    stop = asyncio.Event()
    work = [asyncio.create_task(user.work(stop)) for user in users]
    try:
        for name in names:
            await wait_for_operations(run.history, work, chance.randrange(20, 60))
            await restart(environment.installation, name)
            run.restarts.append(name)
            progress(f"{len(run.restarts):4}  {name:14} {len(run.history.operations):7} acknowledged, {run.failed} failed so far")
            await until(environment.is_ready, SECONDS_TO_COME_BACK, f"{name} is back")
        await wait_for_operations(run.history, work, 100)
    finally:
        stop.set()
        await asyncio.gather(*work)
        for user in users:
            await user.close()
    return run


async def restart(installation, name):
    """Ends a process with SIGTERM, as a deployment does, and waits until its supervisor has started another one."""
    victim = running_process(installation, name)
    os.kill(victim.pid, signal.SIGTERM)

    async def restarted():
        return victim.is_over and has_restarted(installation, name, victim)

    await until(restarted, SECONDS_TO_COME_BACK, f"{name} has stopped and is started again")
