"""What users are searched for, and that a search of many names keeps no other request waiting."""

import asyncio
from uuid import UUID

import pytest

from chassis.errors import Invalid
from identity.users.names import Name, find
from identity.users.rules import search_words


def test_a_word_is_looked_for_once():
    assert search_words("") == []
    assert search_words(" ott  nora\tott ") == ["ott", "nora"]
    assert search_words("e " * 100) == ["e"]


def test_names_are_searched_for_eight_words_at_most():
    assert len(search_words("a b c d e f g h")) == 8
    with pytest.raises(Invalid) as refused:
        search_words("a b c d e f g h i")
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("search_invalid", ["/search"])


async def test_other_requests_go_on_while_ten_thousand_names_are_searched():
    names = [Name(f"nora quist {number}", UUID(int=number), f"user-{number}@example.com", 1) for number in range(10_000)]
    searching, turns = asyncio.create_task(find(names, ["nora", "user-77", "quist"])), 0
    while not searching.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns >= 10
    assert await searching == [name for name in names if "user-77" in name.email]
