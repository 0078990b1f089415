"""What a proof can be asked of."""

from collections.abc import Mapping
from typing import Any, TypeVar

from chassis.errors import NotFound

RowT = TypeVar("RowT", bound=Mapping[str, Any])


def check_known(tree_head: RowT | None) -> RowT:
    """Raises NotFound for a size of which no tree head was signed."""
    if tree_head is None:
        raise NotFound("checkpoint_not_found", "No tree head of this size was signed.")
    return tree_head


def check_covered(head: RowT | None, sequence: int) -> RowT:
    """The workspace's newest head in the tree. Raises NotFound where the chain did not reach this sequence then."""
    if head is None or not 1 <= sequence <= head["sequence"]:
        raise NotFound("event_not_covered", "This tree head covers no event with this sequence number; a later one may.")
    return head
