"""Who is meant by a search: blind indexes narrow it down, and the names themselves decide."""

from collections.abc import Sequence
from uuid import UUID

from chassis.db.transaction import Transaction
from chassis.encryption.blind_index import words
from chassis.encryption.records import WorkspaceKeys
from clients.clients import record, store
from clients.clients.order import Wanted


async def look_up(search: str, tag: str, db: Transaction, keys: WorkspaceKeys, *, include_inactive: bool) -> Wanted:
    """Everyone for an empty search; an empty tag is no tag in particular."""
    among: frozenset[UUID] | None = None
    found: frozenset[UUID] = frozenset()
    beginnings = tuple(words(search))
    if search:
        found = await _reached_by(search, db, keys)
        named = await _perhaps_named(beginnings, db, keys)
        among = None if named is None else named | found
    if tag:
        tagged = await _with_any([record.tag_term(tag, keys)], db)
        among = tagged if among is None else among & tagged
    return Wanted(include_inactive=include_inactive, among=among, beginnings=beginnings, found=found)


async def _reached_by(search: str, db: Transaction, keys: WorkspaceKeys) -> frozenset[UUID]:
    """Those whose whole e-mail address or phone number it is."""
    terms = [record.email_term(search, keys)] if "@" in search else []
    terms += record.phone_terms(search, keys)
    return await _with_any(terms, db) if terms else frozenset()


async def _perhaps_named(beginnings: Sequence[str], db: Transaction, keys: WorkspaceKeys) -> frozenset[UUID] | None:
    """Those who may have a word that begins like the longest of these; None when that is too many to be a help."""
    if not beginnings:
        return frozenset()
    candidates = await db.all(store.candidates, term=record.name_term(max(beginnings, key=len), keys))
    return None if len(candidates) > store.CANDIDATES else frozenset(row["client_id"] for row in candidates)


async def _with_any(terms: Sequence[bytes], db: Transaction) -> frozenset[UUID]:
    return frozenset(row["client_id"] for row in await db.all(store.with_any, terms=terms))
