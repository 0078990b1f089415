"""The database of an installation, for whoever administers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import InUseError
from standalone.home import Home
from standalone.settings import StandaloneSettings


@contextmanager
def administrator(home: Home, settings: StandaloneSettings) -> Iterator[str]:
    """The administrator's DSN. Starts PostgreSQL for the length of the command if it does not run."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    server = LocalPostgres(Path(home.postgres))
    try:
        server.start()
    except InUseError:
        yield server.dsn
        return
    try:
        yield server.dsn
    finally:
        server.stop()
