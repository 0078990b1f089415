"""Who may open the record of a restricted client."""

from collections.abc import Collection, Sequence
from uuid import UUID


def may_open(reader: UUID | None, *, restricted: bool, care_team: Collection[UUID], broke_glass: Collection[UUID]) -> bool:
    """Whether the reader opens the record; `broke_glass` are those whose grants are running. No reader is a service, which opens all."""
    return reader is None or not restricted or reader in care_team or reader in broke_glass


def glass_of(reader: UUID | None, *, care_team: Collection[UUID], broken_by: Sequence[UUID], broken_glass: Sequence[UUID]) -> UUID | None:
    """The grant by which the reader opens a restricted client's record; None for a member of the care team, and for whoever does not open it."""
    if reader is None or reader in care_team or reader not in broken_by:
        return None
    return broken_glass[broken_by.index(reader)]
