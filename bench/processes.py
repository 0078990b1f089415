"""Processor time and memory of processes and their descendants."""

from collections.abc import Iterable, Mapping

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """The process and its descendants that still run."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of the processes and their descendants. The time of ended children counts with their parent."""
    total = 0.0
    for process in {process for pid in pids for process in tree(pid)}:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(processes: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """PSS and USS in megabytes by name. PSS divides a shared page among its processes, so only the sum of PSS is meaningful."""
    used = {}
    for name, pid in processes.items():
        full = psutil.Process(pid).memory_full_info()
        used[name] = (full.pss / 2**20, full.uss / 2**20)
    return used


def tree_memory(pid: int) -> float:
    """PSS of a process and its descendants in megabytes."""
    return sum(process.memory_full_info().pss for process in tree(pid)) / 2**20
