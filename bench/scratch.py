"""Runs a benchmark on a PostgreSQL of its own, which is gone afterwards."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from chassis.local.postgres import LocalPostgres


def on_a_new_server(run: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Runs it with the server's address as the administrator's."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = LocalPostgres(Path(folder) / "postgres").start()
        try:
            asyncio.run(run(postgres.dsn))
        finally:
            postgres.stop()
