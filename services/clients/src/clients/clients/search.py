"""Turns a search text and a tag into a query: index tokens select the candidates, the names decide among them."""

from collections.abc import Sequence
from uuid import UUID

from chassis.db.transaction import Transaction
from chassis.encryption.blind_index import words
from chassis.encryption.records import WorkspaceKeys
from clients.clients import mapping, store
from clients.clients.name_index import ClientQuery


async def build_query(
    search: str, tag: str, db: Transaction, keys: WorkspaceKeys, *, include_inactive: bool, hidden: frozenset[UUID] = frozenset()
) -> ClientQuery:
    """The query for the search text and the tag. Each is ignored if it is empty. Clients who are `hidden` are found by their names alone."""
    candidates: frozenset[UUID] | None = None
    exact_matches: frozenset[UUID] = frozenset()
    prefixes = tuple(words(search))
    if search:
        exact_matches = await _exact_matches(search, db, keys) - hidden
        by_name = await _name_candidates(prefixes, db, keys)
        candidates = None if by_name is None else by_name | exact_matches
    if tag:
        tagged = await _with_any_token([mapping.tag_token(tag, keys)], db) - hidden
        candidates = tagged if candidates is None else candidates & tagged
    return ClientQuery(include_inactive=include_inactive, candidates=candidates, prefixes=prefixes, exact_matches=exact_matches)


async def _exact_matches(search: str, db: Transaction, keys: WorkspaceKeys) -> frozenset[UUID]:
    """The clients with this whole e-mail address or phone number."""
    tokens = [mapping.email_token(search, keys)] if "@" in search else []
    tokens += mapping.phone_tokens(search, keys)
    return await _with_any_token(tokens, db) if tokens else frozenset()


async def _name_candidates(prefixes: Sequence[str], db: Transaction, keys: WorkspaceKeys) -> frozenset[UUID] | None:
    """The clients that may have a word with the longest prefix, or None if they are too many to narrow the search."""
    if not prefixes:
        return frozenset()
    rows = await db.all(store.name_candidates, token=mapping.name_token(max(prefixes, key=len), keys))
    return None if len(rows) > store.MAX_CANDIDATES else frozenset(row["client_id"] for row in rows)


async def _with_any_token(tokens: Sequence[bytes], db: Transaction) -> frozenset[UUID]:
    return frozenset(row["client_id"] for row in await db.all(store.with_any_token, tokens=tokens))
