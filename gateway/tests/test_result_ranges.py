"""Which bytes of a job's file a Range asks for (RFC 9110, 14.1.2)."""

import pytest

from gateway.api.jobs.result_response import asked_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None),
        ("bytes=0-", range(100)),
        ("bytes=10-19", range(10, 20)),
        (" bytes=99-500 ", range(99, 100)),
        ("bytes=-30", range(70, 100)),
        ("bytes=-500", range(100)),
        ("bytes=100-", range(0)),
        ("bytes=-0", range(0)),
        # Malformed ones, several at once and other units are ignored.
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_a_range_names_bytes_of_the_file(header, wanted):
    assert asked_range(header, 100) == wanted


def test_nothing_of_an_empty_file_can_be_had():
    assert asked_range("bytes=0-", 0) == range(0)
    assert asked_range("bytes=-1", 0) == range(0)
