"""Turns a search text and a tag into a query: whole addresses, numbers and ids are looked up in the database, all else in the name index."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from caseload.clients.v1 import clients_pb2 as pb
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys
from clients.clients import mapping, rules, spellings, store
from clients.clients.name_index import ClientQuery


async def build_query(
    request: pb.ListClientsRequest, db: Transaction, keys: WorkspaceKeys, *, now: datetime, hidden: frozenset[UUID] = frozenset()
) -> ClientQuery:
    """The query for a list. An empty search finds all clients, as an empty tag does. Clients who are `hidden` are found by their names alone.

    A day narrows what is found by the rest of the text; alone it finds all who were born on it.
    """
    search, tag = rules.check_search(request.search), rules.normalize_text(rules.check_tag(request.tag))
    if not search:
        return ClientQuery(include_inactive=request.include_inactive, tag=tag, hidden=hidden)
    regions = spellings.regions_of(request.locale, request.time_zone)
    rest, days = spellings.take_days(search, regions, latest=(now + rules.MAX_UTC_OFFSET).date())
    return ClientQuery(
        include_inactive=request.include_inactive,
        tag=tag,
        readings=spellings.readings(rest) if rest else ((),),
        born=frozenset.intersection(*days) if days else None,
        exact_matches=await _exact_matches(rest or search, regions, db, keys) - hidden,
        # A text that is a day may be an external id as well.
        narrows_exact_matches=bool(rest),
        hidden=hidden,
    )


async def _exact_matches(text: str, regions: Sequence[str], db: Transaction, keys: WorkspaceKeys) -> frozenset[UUID]:
    """The clients with this whole e-mail address, phone number or external id."""
    tokens = mapping.email_tokens(text, keys) if "@" in text else []
    tokens += [token for number in spellings.numbers(text, regions) for token in mapping.phone_tokens(number, keys)]
    written = dict.fromkeys((text, text.upper(), text.lower()))
    external_ids = [token for each in written for token in mapping.external_id_tokens(each, keys)]
    rows = await db.all(store.exact_matches, tokens=tokens, external_ids=external_ids)
    return frozenset(row["client_id"] for row in rows)
