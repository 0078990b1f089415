"""Backups of this installation's PostgreSQL, by pgBackRest.

schedule            makes and tries backups when they are due, and tells how they fare (HTTP, port 9000)
watch               tells how they fare, where something else makes them
full | diff         makes one
prove               restores the newest one for a try, reads it, and throws it away
restore [--to T]    restores to a moment (ISO 8601 with its offset), or as far as the log goes; the server must not run.
                    --timeline N: in that life of the database, where it had several
healthy             ends with 0 where `schedule` or `watch` runs and looks
"""

import argparse
import http.client
import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from deployment.backups import cluster, telling, watch
from deployment.backups.pgbackrest import CommandFailed
from deployment.backups.rules import Intervals, parse_moment

_PORT = 9000
_SECONDS_BETWEEN = 30
_ADDRESS = Path("/run/secrets/database-url")
_PROOFS = Path("/var/lib/backups")


def main(arguments: Sequence[str]) -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    parser = argparse.ArgumentParser(prog="backups", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("schedule", "watch", "full", "diff", "prove", "restore", "healthy"))
    parser.add_argument("--to", type=parse_moment, help="of `restore`")
    parser.add_argument("--timeline", type=int, help="of `restore`")
    options = parser.parse_args(arguments)
    if (options.to is not None or options.timeline is not None) and options.what != "restore":
        parser.error("--to and --timeline belong to `restore`")
    try:
        if options.what in {"schedule", "watch"}:
            _watch(makes=options.what == "schedule")
        elif options.what == "healthy":
            _healthy()
        elif options.what == "prove":
            cluster.prove(_PROOFS / "cluster")
        elif options.what == "restore":
            _restore(options.to, options.timeline)
        else:
            watch.back_up(options.what)
    except (CommandFailed, cluster.GapInTheLog) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None


def _watch(*, makes: bool) -> None:
    intervals = Intervals(
        timedelta(days=float(os.environ.get("BACKUP_FULL_DAYS", "7"))), timedelta(hours=float(os.environ.get("BACKUP_HOURS", "24")))
    )
    proofs = watch.Proofs(_PROOFS, timedelta(days=float(os.environ.get("BACKUP_PROOF_DAYS", "7")))) if makes else None
    watching = watch.Watch(_ADDRESS, intervals, proofs)
    server = telling.serve(lambda: watching.state, _PORT)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    watching.run(lambda: time.sleep(_SECONDS_BETWEEN))


def _healthy() -> None:
    asked = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=4)
    asked.request("GET", "/health/ready")
    raise SystemExit(asked.getresponse().status != 200)


def _restore(to: datetime | None, timeline: int | None) -> None:
    done = cluster.restore(Path(os.environ["PGBACKREST_PG1_PATH"]), to, timeline)
    if done.clamped:
        sys.stdout.write("Nothing was committed as late as that: restored to the end of the log, which is the same.\n")
    sys.stdout.write(
        f"The database is restored and takes writes. Last transaction: {done.last_transaction or 'that of the backup itself'}.\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
