"""Roots, audit paths and consistency proofs are those of RFC 6962: its known vectors, and its definition written out for trees of any size."""

from hashlib import sha256

import pytest

from audit.tree_heads import merkle

# The leaves and hashes that Certificate Transparency's own implementations are tested with.
LEAVES = [
    bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(leaves):
    """The kept levels of a tree over these."""
    levels = {0: [merkle.leaf_hash(leaf) for leaf in leaves]}

    async def read(level, first, count):
        found = levels[level][first : first + count]
        assert len(found) == count
        return found

    return levels, read


def mth(leaves):
    """MTH of section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, leaves):
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, *, is_whole=True):
    """SUBPROOF of section 2.1.2."""
    if m == len(leaves):
        return [] if is_whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], is_whole=is_whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], is_whole=False), mth(leaves[:k])]


async def test_the_known_roots():
    _, read = tree(LEAVES)
    assert [(await merkle.hash_of((0, size), read)).hex() for size in range(9)] == ROOTS


async def test_every_proof_of_small_trees_is_the_one_of_the_definition():
    leaves = [bytes([n]) for n in range(33)]
    _, read = tree(leaves)
    for size in range(1, 34):
        for index in range(size):
            assert [await merkle.hash_of(each, read) for each in merkle.inclusion(index, size)] == path(index, leaves[:size])
        for old in range(1, size + 1):
            assert [await merkle.hash_of(each, read) for each in merkle.consistency(old, size)] == subproof(old, leaves[:size])
    assert merkle.consistency(0, 5) == []


@pytest.mark.parametrize("size", [255, 256, 257, 511, 513, 1000])
async def test_a_tree_whose_upper_levels_are_kept_is_the_same(size):
    leaves = [n.to_bytes(2, "big") for n in range(size)]
    levels, read = tree(leaves)
    levels[8] = await merkle.new_nodes(8, 0, size >> 8, read)
    assert await merkle.hash_of((0, size), read) == mth(leaves)
    for place in (0, 254, size - 1):
        assert [await merkle.hash_of(each, read) for each in merkle.inclusion(place, size)] == path(place, leaves)
    for old in (1, 200, 255, size - 1):
        assert [await merkle.hash_of(each, read) for each in merkle.consistency(old, size)] == subproof(old, leaves)


async def test_the_upper_levels_of_a_large_tree_are_made_of_those_beneath():
    levels, read = tree([])
    levels[8] = [sha256(n.to_bytes(4, "big")).digest() for n in range(512)]
    levels[16] = await merkle.new_nodes(16, 0, 2, read)
    assert levels[16] == [merkle.root_of(levels[8][:256]), merkle.root_of(levels[8][256:])]
    assert await merkle.hash_of((0, 131_072), read) == merkle.node_hash(*levels[16])
