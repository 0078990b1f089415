"""What a backup or a restore is doing: bars on a terminal, a line for each step elsewhere."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

# Told of each piece's bytes.
Advance = Callable[[int], None]


class Steps:
    """The steps of one command, one after the other."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str, size: int | None = None) -> Iterator[Advance]:
        """Shows a step until it is left. `size` is how many bytes pass in it, None where nobody knows."""
        columns = TextColumn("{task.description:<32}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn()
        with Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal) as bars:
            began, bar = time.monotonic(), bars.add_task(what, total=size)
            yield lambda amount: bars.advance(bar, amount)
        self.say(f"{what:<32} {time.monotonic() - began:.1f} s")

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def counted(pieces: Iterable[bytes], advance: Advance) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        advance(len(piece))
