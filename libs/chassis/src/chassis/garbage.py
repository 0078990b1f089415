"""When Python looks for reference cycles: rarely, and not among what stays to the end."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Of objects that were made and not freed since the last look. Calls leave few cycles behind: with Python's 700 a busy service spends 2 to 4 % of
# its processor time on looking, most of it at objects that are in use.
_OBJECTS_BETWEEN_LOOKS = 10_000


def look_rarely() -> None:
    """Has this process look for reference cycles less often than Python does by itself, and not once more when it ends."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    # Python would look at everything several times, which takes a process with all services loaded a second. Its memory is freed anyway.
    atexit.register(gc.freeze)


@contextmanager
def loading() -> Iterator[None]:
    """Loads modules without looking: nearly all that they make stays, and is never looked at again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
