"""Base64 for URLs."""

import base64
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import base64url


@given(st.binary(max_size=100))
def test_bytes_survive_as_text_of_a_url(data):
    text = base64url.encode(data)

    assert base64url.decode(text) == data
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=40) | st.binary(max_size=30).map(lambda data: base64.b64encode(data).decode()))
def test_each_value_has_one_spelling(text):
    try:
        data = base64url.decode(text)
    except ValueError:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize("text", ["YQ==", "YR", "Y", "+/+/", "YQ\n", "ÄÖ", "Y Q"], ids=repr)
def test_other_spellings_are_refused(text):
    with pytest.raises(ValueError, match="not base64 for URLs"):
        base64url.decode(text)


def test_a_text_as_long_as_a_token_is_decoded_whole():
    data = secrets.token_bytes(64)
    assert base64url.decode(base64url.encode(data)) == data
