"""The rules of notes and files, for any input."""

import unicodedata
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid, Stale
from clinical.attachments import rules as files
from clinical.sessions import rules

texts = st.none() | st.text(max_size=20) | st.integers(0, 3).map(lambda over: "x" * (4999 + over))
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
contents = st.fixed_dictionaries({}, optional={**dict.fromkeys(rules.TEXTS, texts), "duration_minutes": st.none() | st.integers(-5, 600)})


@given(content=contents)
def test_a_note_is_refused_with_exactly_the_faults_it_has(content: dict[str, Any]):
    expected = {f"/{name}" for name in rules.TEXTS if content.get(name) and len(content[name]) > 5000}
    minutes = content.get("duration_minutes")
    if minutes is not None and not 0 <= minutes <= 480:
        expected.add("/duration_minutes")
    if not expected:
        rules.check_content(content)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_content(content)
    assert {fault.pointer for fault in refused.value.faults} == expected
    assert "xxx" not in str(refused.value.faults)


@given(expected=st.none() | st.integers(1, 9), version=st.integers(1, 9))
def test_a_caller_is_stale_only_if_it_expects_another_version(expected: int | None, version: int):
    assert rules.is_stale(expected, version) is (expected is not None and expected != version)
    if rules.is_stale(expected, version):
        with pytest.raises(Stale) as refused:
            rules.check_fresh(expected, version)
        assert refused.value.facts == {"current_version": version}
    else:
        rules.check_fresh(expected, version)


@given(said=st.lists(st.text(max_size=5), max_size=4))
def test_a_note_without_a_visible_character_is_empty(said: list[str]):
    if any(unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK for sign in "".join(said)):
        rules.check_not_empty(said)
    else:
        with pytest.raises(Invalid, match="session_empty"):
            rules.check_not_empty(said)


@given(status=st.none() | st.sampled_from(["draft", "finalized", "archived"]), is_draft=st.none() | st.booleans())
def test_both_status_filters_apply(status, is_draft):
    for one in ("draft", "finalized", "archived"):
        passes = (status is None or one == status) and (is_draft is None or (one == "draft") == is_draft)
        assert (one in rules.statuses(status, is_draft=is_draft)) is passes


typed = st.text("ab \n", max_size=6)


@pytest.mark.parametrize("status", ["pending", "returned"])
def test_notes_are_listed_by_what_somebody_has_to_do_with_them(status):
    assert rules.cosign_filter(status) == status


@pytest.mark.parametrize("status", ["none", "cosigned", "unspecified", ""])
def test_notes_are_not_listed_by_other_states_of_a_co_signature(status):
    with pytest.raises(Invalid) as refused:
        rules.cosign_filter(status)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("cosign_status_not_listed", ["/cosign_status"])


@given(saves=st.lists(typed, max_size=5))
def test_a_conflict_copy_says_all_that_was_saved_late_whatever_the_order(saves: list[str]):
    kept: str | None = None
    for late in saves:
        kept = rules.gathered(kept, late)
        assert rules.gathered(kept, late) == kept
    # Each is in it, but for what was inserted later: so no character is fewer times in it than in any of the saves.
    for late in saves:
        for sign in set(late):
            assert (kept or "").count(sign) >= late.count(sign)


@pytest.mark.parametrize(
    ("kept", "late", "together"),
    [
        (None, None, None),
        (None, "rest", "rest"),
        ("rest", None, "rest"),
        ("rest", "", "rest"),
        ("rest", "rest", "rest"),
        ("rest", "rest and walk", "rest and walk"),
        ("rest and walk", "rest", "rest and walk"),
        ("rest walk", "rest, then walk", "rest, then walk"),
        ("rest", "walk", "rest\n\nwalk"),
        ("rest\n\nwalk", "walk", "rest\n\nwalk"),
        ("rest\n\nwalk", "run", "rest\n\nwalk\n\nrun"),
    ],
)
def test_what_goes_on_takes_its_place_and_what_does_not_stands_below(kept, late, together):
    assert rules.gathered(kept, late) == together


without_returns = st.text(max_size=8).map(lambda text: text.replace("\r", ""))


@given(one=without_returns, other=without_returns)
def test_ways_to_write_a_text_are_no_difference(one: str, other: str):
    assert rules.is_same_text(one, unicodedata.normalize("NFD", one))
    assert rules.is_same_text(f"{one}\n{other}", f"{one}\r\n{other}")
    assert rules.is_same_text(one, other) is rules.is_same_text(other, one)
    assert rules.is_same_text(one, other) is (unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other))


@given(signed=st.none() | st.integers(0, 9), amendments=st.integers(0, 9), status=st.sampled_from(["draft", "finalized"]))
def test_a_note_from_before_versions_were_counted_has_one_more_than_its_amendments(signed, amendments, status):
    before = 0 if status == "draft" else amendments + 1
    assert rules.signed_versions(signed, amendments, status) == (before if signed is None else signed)


@given(session=st.uuids(), kind=st.sampled_from(["session", "session_finalized", "session_amended"]), other=st.uuids())
def test_a_timeline_event_has_one_id_per_note_and_kind(session: UUID, kind: str, other: UUID):
    assert rules.timeline_event_id(session, kind) == rules.timeline_event_id(session, kind)
    assert rules.timeline_event_id(session, kind) not in {rules.timeline_event_id(session, "another"), session}
    assert (rules.timeline_event_id(other, kind) == rules.timeline_event_id(session, kind)) is (other == session)


@pytest.mark.parametrize(("limit", "length"), [(0, 100), (1, 1), (1000, 1000)])
def test_a_timeline_page_has_the_requested_length(limit: int, length: int):
    assert rules.timeline_limit(limit) == length


@given(client=st.uuids(), other=st.uuids())
def test_client_ids_are_compared_without_regard_to_case(client: UUID, other: UUID):
    rules.check_same_client(str(client).upper(), str(client))
    if client != other:
        with pytest.raises(Invalid):
            rules.check_same_client(str(client), str(other))


# --- files


@given(given_name=st.text(max_size=300))
def test_a_file_name_has_no_path_and_no_invisible_characters(given_name: str):
    try:
        name = files.file_name(given_name)
    except Invalid:
        return
    assert 0 < len(name) <= 255
    assert name == name.strip()
    assert not set(name) & set("/\\")
    assert name.strip(".")
    assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert files.file_name(name) == name


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("scan.png", "scan.png"),
        ("C:\\Users\\ada\\scan.png", "scan.png"),
        ("../../etc/passwd", "passwd"),
        ("  Befund März 2026.pdf ", "Befund März 2026.pdf"),
        ("scan\u202egnp.exe", "scangnp.exe"),
        ("scan\x00.png\n", "scan.png"),
        ("a" * 255, "a" * 255),
    ],
)
def test_a_file_name_keeps_its_visible_characters(given_name: str, name: str):
    assert files.file_name(given_name) == name


@pytest.mark.parametrize("given_name", ["", "   ", "/", "folder/", "..", "C:\\", "\u200b", "a" * 256])
def test_an_empty_or_too_long_file_name_is_refused(given_name: str):
    with pytest.raises(Invalid):
        files.file_name(given_name)


@given(asked=st.none() | st.integers(-100, 200))
def test_a_link_is_valid_for_one_to_sixty_minutes(asked: int | None):
    if asked is None:
        assert files.minutes(asked) == 15
    elif 1 <= asked <= 60:
        assert files.minutes(asked) == asked
    else:
        with pytest.raises(Invalid):
            files.minutes(asked)


@given(used=st.integers(0, 10), quota=st.integers(0, 10))
def test_a_workspace_may_use_its_whole_quota_and_no_more(used: int, quota: int):
    if used <= quota:
        files.check_quota(used, quota)
    else:
        with pytest.raises(Conflict, match="quota_exceeded"):
            files.check_quota(used, quota)
