"""What processes cost: processor time and memory, of a process and of all that descend from it."""

from collections.abc import Iterable, Mapping

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """The process and its descendants, as far as they still live."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of the trees so far; what children that ended have used counts with their parent."""
    total = 0.0
    for process in {process for pid in pids for process in tree(pid)}:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(processes: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """PSS and USS in megabytes by name. PSS divides shared pages among those who share them, so only its sum means something."""
    told = {}
    for name, pid in processes.items():
        full = psutil.Process(pid).memory_full_info()
        told[name] = (full.pss / 2**20, full.uss / 2**20)
    return told


def tree_memory(pid: int) -> float:
    """PSS of a whole tree in megabytes."""
    return sum(process.memory_full_info().pss for process in tree(pid)) / 2**20
