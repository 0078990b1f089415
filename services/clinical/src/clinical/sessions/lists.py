"""Lists of notes, newest first. Row security limits every statement to the caller's workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, bindparam, func, literal_column, select, tuple_

from chassis.db.statement import Statement, command, query
from clinical.tables import cosign_requests, session_counters, sessions

_NEWEST_FIRST = (sessions.c.session_date.desc(), sessions.c.id.desc())
_not_deleted = sessions.c.deleted_at.is_(None)
# Deleted or not, but not to be erased.
_now = bindparam("now", type_=sessions.c.permanent_delete_after.type)
_not_over = _not_deleted | (sessions.c.permanent_delete_after > _now)
_over = sessions.c.permanent_delete_after <= _now


@dataclass(frozen=True, slots=True)
class Filters:
    """Which notes a list has. `statuses` is "any", "one" (the parameter `status`) or "signed"; `cosign` is "pending", "returned" or None for all; `copies` has those of the note `conflict_of`."""

    of_client: bool = False
    of_appointment: bool = False
    statuses: str = "any"
    with_deleted: bool = False
    cosign: str | None = None
    copies: bool = False

    @property
    def is_short(self) -> bool:
        """Whether such a list can be counted and read as a whole."""
        return self.of_client or self.of_appointment or self.copies or self.cosign is not None


@cache
def page(filters: Filters) -> Statement:
    """A page of notes, newest first. Each combination of filters is a statement of its own, so that it can use its own index."""
    filtered = _filtered(select(sessions), filters)
    return _reading(filters)(filtered.order_by(*_NEWEST_FIRST).limit(bindparam("limit")).offset(bindparam("offset")))


@cache
def page_after(filters: Filters, *, is_first: bool) -> Statement:
    """The notes of such a list that come after the one with `after_date` and `after_id`; if it is the first page, from its beginning."""
    filtered = _filtered(select(sessions), filters)
    if not is_first:
        after = tuple_(bindparam("after_date", type_=sessions.c.session_date.type), bindparam("after_id", type_=Uuid))
        filtered = filtered.where(tuple_(sessions.c.session_date, sessions.c.id) < after)
    return _reading(filters)(filtered.order_by(*_NEWEST_FIRST).limit(bindparam("limit")))


@cache
def count(filters: Filters) -> Statement:
    """The number of notes on all pages: counted for a short list, read from the counters for a workspace."""
    if filters.is_short:
        return _reading(filters)(_filtered(select(func.count().label("total")).select_from(sessions), filters))
    counted = session_counters.totals.c
    if not filters.with_deleted:
        return query(_of_statuses(select(func.coalesce(func.sum(counted.live), 0).label("total")), counted.status, filters))
    # The counters have them until they are erased, which a legal hold may put off for long.
    over = _of_statuses(select(func.count()).where(_over), sessions.c.status, filters).scalar_subquery()
    total = (func.coalesce(func.sum(counted.live + counted.deleted), 0) - over).label("total")
    return query(_of_statuses(select(total), counted.status, filters))


@cache
def count_hidden(filters: Filters) -> Statement:
    """The number of notes of some clients among those that the counters count, so with those whose time is over."""
    of_clients = _of_statuses(select(func.count().label("total")).where(_of_clients), sessions.c.status, filters)
    return query(of_clients if filters.with_deleted else of_clients.where(_not_deleted))


_of_clients = sessions.c.client_id == func.any(bindparam("client_ids", type_=ARRAY(Uuid)))
notes_of_clients = query(select(sessions.c.id).where(_of_clients))
notes_over = query(select(sessions.c.id).where(_over))


def _reading(filters: Filters) -> Callable[[Select[Any]], Statement]:
    """How such a list is read: no query has a condition that is spelt out."""
    return query if filters.cosign is None else command


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.of_client:
        query = query.where(sessions.c.client_id == bindparam("client_id", type_=Uuid))
    if filters.of_appointment:
        query = query.where(sessions.c.appointment_id == bindparam("appointment_id", type_=Uuid))
    if filters.copies:
        query = query.where(sessions.c.conflict_of == bindparam("conflict_of", type_=Uuid))
    query = _of_statuses(query, sessions.c.status, filters)
    if filters.cosign is not None:
        # Spelt out, and no parameter: a plan for any parameter could not use the indexes of what waits or was returned.
        is_asked = cosign_requests.c.status == literal_column(f"'{filters.cosign}'")
        of_note = (cosign_requests.c.workspace_id == sessions.c.workspace_id) & (cosign_requests.c.id == sessions.c.id)
        query = query.join(cosign_requests, of_note).where(is_asked)
    return query.where(_not_over) if filters.with_deleted else query.where(_not_deleted)


def _of_statuses(query: Select[Any], status: ColumnElement[str], filters: Filters) -> Select[Any]:
    if filters.statuses == "one":
        return query.where(status == bindparam("status"))
    return query.where(status != "draft") if filters.statuses == "signed" else query
