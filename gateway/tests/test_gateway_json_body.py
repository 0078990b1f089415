"""JSON bodies: what two decoders might read differently is refused."""

import json

import pytest
from hypothesis import given, strategies

from gateway.routing.json_body import read_json

LEAVES = (
    strategies.none()
    | strategies.booleans()
    | strategies.integers(-(2**63), 2**63)
    | strategies.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = strategies.text(strategies.characters(exclude_categories=["Cs"]))
VALUES = strategies.recursive(LEAVES | TEXTS, lambda part: strategies.lists(part) | strategies.dictionaries(TEXTS, part))


@given(VALUES)
def test_every_json_value_is_read(value: object):
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"first_name": "Ada", "first_name": "Eve"}', "twice"),
        (b'{"a": [{"b": 1, "b": 1}]}', "twice"),
        (b'{"a": 1, "\\u0061": 2}', "twice"),
        ('{"a": "é"}'.encode("latin-1"), "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "UTF-8"),
        (b'{"a": "\xc0\x80"}', "UTF-8"),
        (b'{"a": "\\ud800b"}', "half a character"),
        (b'{"\\uDFFF": 1}', "half a character"),
        (b'{"a": NaN}', "does not know"),
        (b"[Infinity, -Infinity]", "does not know"),
        (b"9" * 5000, "too large"),
        (b"[" * 100_000, "deeply"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "deeply"),
    ],
)
def test_ambiguous_json_is_refused_without_being_quoted(body: bytes, why: str):
    with pytest.raises(json.JSONDecodeError) as refused:
        read_json(body)
    assert why in refused.value.msg
    assert refused.value.doc == ""


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1} {}', b"\xef\xbb\xbf{}", b'{"a": 1,}', b"{'a': 1}", b'"a\nb"', b"01", b'{"a": \x00}']
)
def test_what_is_not_json_is_refused(body: bytes):
    with pytest.raises(json.JSONDecodeError):
        read_json(body)
