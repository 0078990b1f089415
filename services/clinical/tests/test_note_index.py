"""The bytes of the index, against what they mean."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinical.note_search import ordinals
from clinical.note_search.blocks import BLOCK_BYTES, BlockIndex, Cutter, entries

members = st.sets(st.integers(0, 131_071), min_size=1, max_size=300).map(sorted)
# Dense, so that bits are the shortest; with gaps of exactly one step and of several.
dense = st.integers(1, 3_000).map(lambda number: list(range(0, number, 2)))
steps = st.lists(st.sampled_from([1, 2, 254, 255, 256, 510, 65_534, 65_535, 65_536, 131_070]), min_size=1, max_size=20).map(
    lambda gaps: [sum(gaps[: place + 1]) for place in range(len(gaps))]
)
sets = st.one_of(members, dense, steps)


def bits_of(numbers) -> int:
    return sum(1 << number for number in numbers)


@given(sets)
@example([0])
@example([131_071])
@example(list(range(131_072)))
def test_a_set_is_read_as_it_was_written(numbers):
    for data in (ordinals.encode(numbers), ordinals.encode_bits(bits_of(numbers))):
        assert list(ordinals.members(ordinals.union([data]))) == numbers
        decoded = ordinals.decode(data)
        assert decoded == (bits_of(numbers) if isinstance(decoded, int) else numbers)


@given(st.lists(sets, max_size=5))
def test_sets_are_united(several):
    assert ordinals.union(map(ordinals.encode, several)) == bits_of(set().union(*several))


def test_a_set_takes_no_more_bytes_than_its_bits_or_two_for_each_member():
    assert len(ordinals.encode(list(range(100_000)))) == 1 + 12_500
    assert len(ordinals.encode(list(range(0, 100_000, 40)))) == 1 + 2_500
    assert len(ordinals.encode(list(range(0, 131_072, 1_000)))) == 1 + 2 * 132
    assert list(ordinals.members(0)) == []


keys = st.binary(min_size=1, max_size=20)
tables = st.dictionaries(keys, st.one_of(st.binary(max_size=20), st.integers(0, 20_000).map(bytes)), min_size=1, max_size=150)


def cut(table) -> tuple[list[bytes], BlockIndex]:
    cutter = Cutter()
    blocks = [block for key, value in sorted(table.items()) if (block := cutter.add(key, value)) is not None]
    last, index = cutter.finish()
    return [*blocks, last], BlockIndex.from_bytes(index.to_bytes())


@given(tables)
def test_blocks_hold_every_entry_in_order(table):
    blocks, index = cut(table)

    assert [entry for block in blocks for entry in entries(block)] == sorted(table.items())
    assert len(blocks) == len(index.separators)
    assert all(len(block) % 256 == 0 for block in blocks)


@given(tables, keys, keys)
def test_the_block_index_names_every_block_that_is_needed_and_few_others(table, one, other):
    blocks, index = cut(table)
    first, last = min(one, other), max(one, other)
    named = index.blocks(first, last)
    beginning = index.beginning_with(first)

    for number, block in enumerate(blocks):
        for key, _ in entries(block):
            assert number in named or not first <= key <= last
            assert number in beginning or not key.startswith(first) or first.endswith(b"\xff")
    assert len(index.blocks(first, first)) == 1


def test_blocks_are_about_as_long_as_they_should_be():
    blocks, _ = cut({f"word{number:05}".encode(): bytes(10) for number in range(5_000)})

    assert len(blocks) > 5
    assert {len(block) for block in blocks[:-1]} <= {BLOCK_BYTES - 256, BLOCK_BYTES, BLOCK_BYTES + 256}


def test_keys_that_do_not_rise_are_refused():
    cutter = Cutter()
    cutter.add(b"b", b"")
    for key in (b"a", b"b", b"", b"x" * 256):
        with pytest.raises(ValueError, match="keys rise"):
            cutter.add(key, b"")
