"""json-server's query strings, read without a server."""

import pytest

from caseload.clients.v1 import patients_pb2 as pb
from gateway.compat.patients.queries import read
from gateway.problems.responses import BadRequest

URL = "http://here/patients"


def window(query: str) -> tuple[int | None, int | None]:
    message = read(query.encode()).message
    return (message.start if message.HasField("start") else None, message.end if message.HasField("end") else None)


def test_operators_are_told_by_the_end_of_a_name_and_unknown_names_are_left_out():
    message = read(b"name=a&name=b&age_gte=1&age_lte=&x_ne=1&gender_like=f&_like=z&unknown=1&_=123").message
    assert list(zip(message.fields, message.comparisons, message.values, strict=True)) == [
        ("name", pb.PATIENT_COMPARISON_EQUAL, "a"),
        ("name", pb.PATIENT_COMPARISON_EQUAL, "b"),
        ("age", pb.PATIENT_COMPARISON_AT_LEAST, "1"),
        ("age", pb.PATIENT_COMPARISON_AT_MOST, ""),
        ("", pb.PATIENT_COMPARISON_NOT_EQUAL, "1"),
        ("gender", pb.PATIENT_COMPARISON_LIKE, "f"),
        ("", pb.PATIENT_COMPARISON_LIKE, "z"),
    ]


def test_the_first_text_is_searched_for_and_fields_are_sorted_by_in_their_order():
    message = read(b"q=a+b&q=c&_sort=name,x,age&_order=DESC,asc,desc").message
    assert message.search == "a b"
    assert (message.order, message.descending) == (["name", "age"], [True, True])
    assert read(b"_sort=name,age&_order=,").message.descending == [False, False]


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("", None, None),
        ("_start=2", None, None),
        ("_limit=0", 0, 0),
        ("_limit=5", 0, 5),
        ("_limit=x", 0, 0),
        ("_limit=", None, None),
        ("_limit=3&_start=4", 4, 7),
        ("_end=5&_limit=1", 0, 5),
        ("_end=5&_start=-2", -2, 5),
        ("_end=x", 0, 0),
        ("_page=2", 10, 20),
        ("_page=2&_limit=0", 10, 20),
        ("_page=x&_limit=3", 0, 3),
        ("_page=-1&_limit=3", 0, 3),
        ("_page=3&_limit=7&_end=1", 14, 21),
        ("_page= 2px&_limit=3", 3, 6),
        ("_page=1&_page=2", 0, 10),
        ("_page=&_page=", 0, 10),
        (f"_limit={'9' * 400}", 0, 2**53),
    ],
)
def test_a_part_of_the_list_is_asked_for(query, start, end):
    assert window(query) == (start, end)


@pytest.mark.parametrize(
    ("query", "counted"), [("_page=1", True), ("_limit=0", True), ("_end=1", True), ("_start=1", False), ("_limit=", False)]
)
def test_how_many_there_are_is_told_with_a_part(query, counted):
    assert read(query.encode()).counted is counted


@pytest.mark.parametrize(
    ("query", "total", "pages"),
    [
        ("_page=1", 25, {"first": 1, "next": 2, "last": 3}),
        ("_page=2", 25, {"first": 1, "prev": 1, "next": 3, "last": 3}),
        ("_page=3", 25, {"first": 1, "prev": 2, "last": 3}),
        ("_page=4", 25, {}),
        ("_page=1", 10, {}),
        ("_page=1", 0, {}),
        ("_page=1&_limit=1", 2, {"first": 1, "next": 2, "last": 2}),
        ("q=a", 25, {}),
    ],
)
def test_a_page_knows_its_neighbours(query, total, pages):
    assert read(query.encode()).neighbours(total) == pages


def test_links_differ_in_the_page_alone():
    query = read(b"q=a&_page=2&_limit=2")
    assert query.links(f"{URL}?q=a&_page=2&_limit=2", 6) == ", ".join(
        f'<{URL}?q=a&_page={number}&_limit=2>; rel="{name}"' for name, number in [("first", 1), ("prev", 1), ("next", 3), ("last", 3)]
    )
    assert query.links(URL, 2) == ""


@pytest.mark.parametrize(
    "query", ["callback=f", "_embed=x", "_expand=x", "name[]=a", "a[b]=c", "_sort=a&_sort=b", "q=%ff", "&".join(["a=1"] * 101)]
)
def test_what_would_be_answered_with_nonsense_is_refused(query):
    with pytest.raises(BadRequest) as refused:
        read(query.encode())
    assert refused.value.code == "invalid_patient_query"
    assert refused.value.faults
