"""Where a stream goes on, and who sees the same."""

from uuid import UUID

import pytest

from notifications.alert_feed.rules import audience, goes_on

WARD, CLINIC = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(("after", "oldest", "newest", "goes"), [
    (5, 1, 9, True), (9, 1, 9, True), (0, 1, 9, True), (3, 4, 9, True), (2, 4, 9, False), (10, 1, 9, False), (-1, 1, 9, False),
    (0, None, 0, True), (9, None, 9, True), (8, None, 9, False), (None, 1, 9, False),
])  # fmt: skip
def test_a_stream_goes_on_where_nothing_after_it_is_missing(after, oldest, newest, goes):
    assert goes_on("a", after, now="a", oldest=oldest, newest=newest) is goes
    assert not goes_on("b", after, now="a", oldest=oldest, newest=newest)
    assert not goes_on(None, after, now="a", oldest=oldest, newest=newest)


def test_those_who_see_the_same_are_one_audience():
    assert audience([WARD, CLINIC], sees_all=False) == audience([CLINIC, WARD], sees_all=False)
    names = [
        audience([], sees_all=False),
        audience([WARD], sees_all=False),
        audience([CLINIC], sees_all=False),
        audience([], sees_all=True),
    ]
    assert len(set(names)) == 4
    assert audience([WARD], sees_all=True) == audience([], sees_all=True)
