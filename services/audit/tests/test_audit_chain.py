"""What is hashed, and which changes a verification finds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from audit.trail.chain import FIELDS, GENESIS, ChainVerifier, Checkpoint, Entry, encode, entry_hash

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
metadata = st.recursive(text, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=5).flatmap(
    lambda value: st.dictionaries(text, st.just(value), max_size=2)
)
moments = st.datetimes(min_value=datetime(1999, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone

events = st.fixed_dictionaries(
    {
        "workspace_id": st.uuids(),
        "id": st.uuids(),
        "created_at": moments,
        "user_id": st.none() | st.uuids(),
        "event_type": text,
        "resource_type": text,
        "resource_id": st.none() | st.uuids(),
        "action": text,
        "outcome": st.sampled_from(["success", "failure"]),
        "ip_address": st.none() | text,
        "user_agent": st.none() | text,
        "session_id": st.none() | st.uuids(),
        "metadata": metadata,
        "retention_until": st.dates(),
    }
)
places = st.tuples(st.binary(min_size=32, max_size=32), st.integers(1, 2**62))


def event(**but: Any) -> dict[str, Any]:
    """A valid event, except for the fields that the test sets."""
    return {
        "workspace_id": UUID(int=1),
        "id": uuid4(),
        "created_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "user_id": UUID(int=2),
        "event_type": "get_client",
        "resource_type": "Client",
        "resource_id": UUID(int=3),
        "action": "READ",
        "outcome": "success",
        "ip_address": "192.0.2.7",
        "user_agent": "curl/8",
        "session_id": None,
        "metadata": {"request_id": "r-1"},
        "retention_until": date(2033, 3, 1),
    } | but


def chain(*events: dict[str, Any]) -> list[tuple[Entry, dict[str, Any]]]:
    """The events with the entries that a sequencer makes for them."""
    links, previous = [], GENESIS
    for sequence, each in enumerate(events, 1):
        hash_ = entry_hash(previous, sequence, each)
        links.append((Entry(sequence, each["id"], previous, hash_), each))
        previous = hash_
    return links


def broken_at(links: list[tuple[Entry, dict[str, Any] | None]], newest: tuple[int, bytes]) -> int | None:
    verifier = ChainVerifier()
    if all(verifier.check_next(entry, each) for entry, each in links):
        verifier.check_end(Checkpoint(*newest))
    return verifier.first_break


@given(events, events, places, places)
def test_different_events_or_places_have_different_encodings(one, other, here, there):
    assert (encode(*here, one) == encode(*there, other)) == ((here, one) == (there, other))


@given(events, places, st.data())
def test_changing_any_field_changes_the_encoding(one, place, data):
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    other = {**one, name: data.draw(events)[name]}
    assert (encode(*place, one) == encode(*place, other)) == (one == other)


@given(text, text, text)
def test_text_cannot_move_from_one_field_into_the_next(left, middle, right):
    one = event(ip_address=left + middle, user_agent=right)
    other = event(ip_address=left, user_agent=middle + right, id=one["id"])
    assert (encode(GENESIS, 1, one) == encode(GENESIS, 1, other)) == (one == other)


def test_an_empty_text_is_not_an_absent_one():
    one = event(user_agent="")
    assert encode(GENESIS, 1, one) != encode(GENESIS, 1, {**one, "user_agent": None})


def test_the_order_of_keys_in_metadata_does_not_matter():
    one = event(metadata={"a": "1", "b": ["2"]})
    assert encode(GENESIS, 1, one) == encode(GENESIS, 1, {**one, "metadata": {"b": ["2"], "a": "1"}})


def test_the_hash_of_a_known_event_never_changes():
    known = event(id=UUID(int=9), created_at=datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC))
    assert entry_hash(GENESIS, 1, known).hex() == "58fc8a5d35fb13e6d916d3e4220347fedae53e20dd3e3970cc9e5a4a10ff492c"


@given(st.lists(events, max_size=6, unique_by=lambda each: each["id"]))
def test_an_unchanged_chain_is_intact(kept):
    links = chain(*kept)
    newest = (len(links), links[-1][0].hash if links else GENESIS)
    assert broken_at(list(links), newest) is None


@given(st.data())
def test_an_edit_is_found_where_it_was_made(data):
    links = chain(*(event() for _ in range(5)))
    newest = (5, links[-1][0].hash)
    at = data.draw(st.integers(1, 5))
    entry, original = links[at - 1]
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    changed = {**original, name: data.draw(events)[name]}
    links[at - 1] = (entry, changed)
    assert broken_at(list(links), newest) == (None if changed == original else at)


@given(st.integers(1, 5))
def test_a_missing_event_is_found_at_its_place(at):
    links: list[Any] = chain(*(event() for _ in range(5)))
    links[at - 1] = (links[at - 1][0], None)
    assert broken_at(links, (5, links[-1][0].hash)) == at


@given(st.integers(1, 5))
def test_a_missing_entry_is_found_at_its_place(at):
    links: list[Any] = chain(*(event() for _ in range(5)))
    newest = (5, links[-1][0].hash)
    del links[at - 1]
    assert broken_at(links, newest) == at


@given(st.integers(1, 4), st.data())
def test_two_events_that_changed_places_are_found_at_the_first(first, data):
    second = data.draw(st.integers(first + 1, 5))
    links: list[Any] = chain(*(event(created_at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=n)) for n in range(5)))
    (one, a), (other, b) = links[first - 1], links[second - 1]
    links[first - 1] = (Entry(one.sequence, b["id"], one.previous_hash, one.hash), b)
    links[second - 1] = (Entry(other.sequence, a["id"], other.previous_hash, other.hash), a)
    assert broken_at(links, (5, links[-1][0].hash)) == first


def test_a_chain_recomputed_after_an_edit_contradicts_the_newest_checkpoint():
    links = chain(*(event() for _ in range(5)))
    forged = chain(*(each for _, each in links[:2]), event(user_id=None), *(each for _, each in links[3:]))
    assert broken_at(list(forged), (5, links[-1][0].hash)) == 5


def test_a_chain_shorter_than_its_newest_checkpoint_breaks_after_its_last_entry():
    links = chain(*(event() for _ in range(5)))
    assert broken_at(list(links[:3]), (5, links[-1][0].hash)) == 4


def test_a_chain_longer_than_its_newest_checkpoint_breaks_after_the_checkpoint():
    links = chain(*(event() for _ in range(5)))
    assert broken_at(list(links), (3, links[2][0].hash)) == 4
