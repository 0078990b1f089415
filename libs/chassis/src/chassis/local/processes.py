"""Child processes that do not outlive their parent, and free addresses for them to listen on."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITIES_V3 = 0x20080522
# A unix socket's path may have 107 bytes; this leaves 17 for the file's name.
LONGEST_SOCKET_DIRECTORY = 90
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: tuple[int, int] | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Starts a child in a process group of its own that gets `on_parent_death` when this process dies (Linux).

    Call it from the main thread: the kernel counts the death of the thread that forked. `user` (uid, gid) is who the
    child runs as when we are root; it may then still pass directories that only root may enter.
    """
    parent = os.getpid()

    def settle() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if user is not None:
            step_down(*user)
        die_with(parent, on_parent_death)

    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - the commands are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=settle,  # noqa: PLW1509 - called before any thread or gRPC object exists
        )


def die_with(parent: int, on_parent_death: signal.Signals) -> None:
    """Called in a new child: asks the kernel for a signal when the parent dies, and leaves at once when it is dead already."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def step_down(uid: int, gid: int) -> None:
    """Becomes another user but keeps passing root-only directories: a home or a checkout of root's is closed to others."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        # Without it access(2), which PostgreSQL asks about its own files, leaves capabilities out of account.
        LIBC.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if LIBC is not None:
        mask = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0)
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        # Where the container withholds the capability, ordinary permissions decide, and the child's log says so.
        if LIBC.capset(header, sets) == 0:
            LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def end(child: "subprocess.Popen[bytes]", gently: signal.Signals, patience: float) -> None:
    """Asks a child to stop, waits `patience` seconds, and then kills it."""
    if child.poll() is not None:
        return
    child.send_signal(gently)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def until(ready: Callable[[], bool], child: "subprocess.Popen[bytes]", log: Path, seconds: float) -> None:
    """Waits until `ready`, and raises with the end of the log when the child dies or takes longer."""
    give_up = time.monotonic() + seconds
    while not ready():
        if child.poll() is not None or time.monotonic() > give_up:
            why = f"exited with {child.returncode}" if child.poll() is not None else f"was not ready after {seconds:.0f} s"
            raise ChildFailedError(f"{Path(str(child.args[0])).name} {why}; the end of {log}:\n{tail(log)}")  # type: ignore[index]
        time.sleep(0.02)


class ChildFailedError(RuntimeError):
    """A local server did not come up."""


def tail(log: Path, size: int = 4000) -> str:
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - size))
        return text.read().decode(errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def socket_directory(home: Path) -> Path:
    """Where a home's sockets go: below it, or in the temporary directory when that path is too long for a socket."""
    below = home / "run"
    if len(bytes(below)) <= LONGEST_SOCKET_DIRECTORY:
        return below
    return Path(tempfile.gettempdir()) / f"caseload-{sha256(bytes(home)).hexdigest()[:12]}"


def claim(directory: Path) -> IO[bytes]:
    """Holds a directory for this process until the returned file is closed or the process is gone, however it went."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = (directory / "lock").open("wb")
    _claims.append(held)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise InUseError(f"{directory} is in use by another running process.") from None
    return held


_claims: list[IO[bytes]] = []


def _give_up_claims() -> None:
    for held in _claims:
        held.close()
    _claims.clear()


# A claim is the claiming process's alone: a forked child that lives longer must not hold it.
os.register_at_fork(after_in_child=_give_up_claims)


def end_orphan(pid: int, mark: str, gently: signal.Signals, patience: float) -> None:
    """Ends a server that a killed process left behind; only if the process with this number still is that server, by its command line."""
    try:
        orphan = psutil.Process(pid)
        if mark not in " ".join(orphan.cmdline()):
            return
        orphan.send_signal(gently)
        try:
            orphan.wait(patience)
        except psutil.TimeoutExpired:
            orphan.kill()
            orphan.wait(patience)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return


def end_orphans_in(directory: Path, name: str, patience: float) -> None:
    """Kills what a killed server left behind: processes of that name whose working directory this is."""
    left = []
    for process in psutil.process_iter():
        try:
            if process.name() == name and process.cwd() == str(directory):
                process.kill()
                left.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    psutil.wait_procs(left, patience)


class InUseError(RuntimeError):
    """Another living process works in this directory."""
