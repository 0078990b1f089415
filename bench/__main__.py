"""`make bench`: compares the suite with three baselines on the same machine, in interleaved rounds.

Settings: ROUNDS (5), SECONDS per measurement (1), USERS (1,16,100), ONLY (parts of operations' names, with commas between), SCALE (hospital,
or small), CASELOAD_PIN=true.
"""

import asyncio
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import asyncpg

from bench import mail, report
from bench.comparison import LEVELS, Bounds, Comparison, Key, Measurements, drained
from bench.dataset import Backlog, Dataset, Unsettled, open_suite, set_up
from bench.operations import OPERATIONS
from bench.processes import memory, tree_memory
from standalone.installation import Installation

# What the suite prints when its database and its broker accept connections.
SERVERS_ARE_UP = "Preparing the schemas."
SECONDS_TO_SETTLE = 300.0
MOST_MEGABYTES, MOST_SECONDS_TO_START = 450, 5


def main() -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="caseload-bench-") as directory:
        installation = open_suite(Path(directory) / "home")
        try:
            first = started(installation)
            installation.stop()
            again = started(installation)
            time.sleep(3)
            print(f"{os.cpu_count()} cores, {os.uname().machine}, Python {sys.version.split()[0]}")
            print("\nAt rest")
            print(report.limit("from database and broker up to ready", again, MOST_SECONDS_TO_START, "s"))
            print(f"  {'the very first time, with migrations':54} {first:.1f} s")
            print("\n".join(at_rest(installation)), flush=True)
            results = asyncio.run(compare(installation, Path(directory)))
            for key, measurements in results.items():
                print("\n".join(report.table(key, measurements)))
            print("\n".join(asyncio.run(mail.compare(rounds=3, seconds=1.0))))
            print("\nMemory after all this")
            print("\n".join(at_rest(installation)))
            print("\nFloors")
            print("\n".join([*report.floors(results), *report.flatness(results)]))
        finally:
            installation.stop()
    print(f"\n{time.monotonic() - began:.0f} s in all")


async def compare(installation: Installation, directory: Path) -> dict[Key, Measurements]:
    scale = os.environ.get("SCALE", "hospital")
    if scale not in {"hospital", "small"}:
        raise SystemExit("SCALE is hospital or small")
    began = time.monotonic()
    dataset = await set_up(installation, hospital=scale == "hospital")
    await settle(dataset)
    print(f"\nScale: {scale}, {dataset.total_clients} clients, filled in {time.monotonic() - began:.0f} s", flush=True)
    processes = installation.running["processes"]
    suite = [pid for name, pid in processes.items() if name not in {"postgres", "rabbitmq"}]
    return await Comparison(dataset, processes, suite, directory).run(bounds())


def bounds() -> Bounds:
    levels = tuple(int(each) for each in os.environ.get("USERS", "").split(",") if each) or LEVELS
    only = os.environ.get("ONLY", "").split(",")
    return Bounds(
        rounds=int(os.environ.get("ROUNDS", "5")),
        seconds=float(os.environ.get("SECONDS", "1")),
        levels=levels,
        operations=tuple(operation for operation in OPERATIONS if any(part in operation.name for part in only)),
    )


def started(installation: Installation) -> float:
    """Starts the suite. Returns the seconds from database and broker accepting connections until it is ready."""
    seen = threading.Event()
    up: list[float] = []
    before = installation.output.stat().st_size if installation.output.exists() else 0

    def watch() -> None:
        while not seen.is_set() and not up:
            if installation.output.exists() and SERVERS_ARE_UP in installation.output.read_text()[before:]:
                up.append(time.monotonic())
            time.sleep(0.02)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        installation.start()
    finally:
        seen.set()
        watching.join()
    return time.monotonic() - up[0]


def at_rest(installation: Installation) -> list[str]:
    """Lines about the memory of each process. PSS, because the processes are forked from one and share unmodified pages."""
    running = installation.running["processes"]
    servers = {name: running[name] for name in ("postgres", "rabbitmq")}
    used = memory({"starter": installation.running["pid"]} | {name: pid for name, pid in running.items() if name not in servers})
    total = sum(pss for pss, _ in used.values())
    each = ", ".join(f"{name} {pss:.0f}/{uss:.0f}" for name, (pss, uss) in used.items())
    beside = ", ".join(f"{name} {tree_memory(pid):.0f} MB" for name, pid in servers.items())
    return [
        report.limit("the suite's processes together, PSS", total, MOST_MEGABYTES, "MB"),
        f"  PSS/USS in MB: {each}",
        f"  beside them: {beside}",
    ]


async def settle(dataset: Dataset) -> None:
    """Waits until events, notes and counters of the seeding are processed, and updates the planner's statistics, which all candidates share."""
    connection = await asyncpg.connect(dataset.admin_dsn)
    await drained(Backlog(connection))
    await drained(Unsettled(connection), SECONDS_TO_SETTLE)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


if __name__ == "__main__":
    main()
