"""Where exactly the rules of notes and files end, and by which code and at which field they refuse."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refusal
from clinical.attachments import rules as files
from clinical.sessions import rules
from clinical.treated_clients.rules import check_not_erased

TEXTS = ("subjective", "objective", "assessment", "plan")
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def test_a_note_has_four_texts_a_date_and_a_duration_to_be_changed():
    assert rules.TEXTS == TEXTS
    assert (*TEXTS, "session_date", "duration_minutes") == rules.EDITABLE


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_may_have_5000_signs(name):
    assert refused(rules.check_content, {name: "é" * 5000}) is None
    assert refused(rules.check_content, {name: "é" * 5001}) == (Invalid, "session_invalid", [f"/{name}"])


def test_every_fault_of_a_note_is_told_at_once():
    wrong = dict.fromkeys(TEXTS, "x" * 5001) | {"duration_minutes": -1}
    assert refused(rules.check_content, wrong) == (Invalid, "session_invalid", [*(f"/{name}" for name in TEXTS), "/duration_minutes"])


def test_a_note_takes_none_to_480_minutes():
    for minutes in (None, 0, 480):
        assert refused(rules.check_content, {"duration_minutes": minutes}) is None
    for minutes in (-1, 481):
        assert refused(rules.check_content, {"duration_minutes": minutes}) == (Invalid, "session_invalid", ["/duration_minutes"])


def test_a_change_is_held_to_the_same_and_keeps_a_date():
    assert refused(rules.check_changes, {}) is None
    assert refused(rules.check_changes, {"session_date": datetime(2026, 1, 1, tzinfo=UTC), "plan": None}) is None
    assert refused(rules.check_changes, {"session_date": None}) == (Invalid, "session_date_required", ["/session_date"])
    assert refused(rules.check_changes, {"plan": "x" * 5001}) == (Invalid, "session_invalid", ["/plan"])


def test_a_new_note_has_a_date_or_an_appointment():
    assert refused(rules.check_dated, has_appointment=True, has_date=False) is None
    assert refused(rules.check_dated, has_appointment=False, has_date=True) is None
    assert refused(rules.check_dated, has_appointment=False, has_date=False) == (Invalid, "session_date_required", ["/session_date"])


def test_a_note_is_of_the_client_the_appointment_is_of():
    assert refused(rules.check_same_client, ONE, ONE.upper()) is None
    assert refused(rules.check_same_client, ONE, TWO) == (Invalid, "appointment_of_another_client", ["/appointment_id"])


def test_nobody_writes_about_a_client_who_was_erased():
    assert refused(check_not_erased, None) is None
    assert refused(check_not_erased, datetime(2026, 1, 1, tzinfo=UTC)) == (NotFound, "not_found", [])
    assert refused(check_not_erased, None, datetime(2026, 1, 1, tzinfo=UTC)) == (NotFound, "not_found", [])


def test_a_note_that_says_nothing_is_not_signed():
    assert refused(rules.check_not_empty, ["", " x "]) is None
    assert refused(rules.check_not_empty, ["", " \n"]) == (Invalid, "session_empty", [])


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b", "\ufeff", "\u2028", "\u3000", "\u3164", "\u2800", "\u0301", "\x07"])
def test_what_nobody_can_see_is_nothing(blank):
    assert refused(rules.check_not_empty, [blank, blank * 3]) == (Invalid, "session_empty", [])
    assert refused(rules.check_not_empty, [blank, f"{blank}x"]) is None


def test_a_session_of_next_year_is_signed_for_and_a_later_one_is_not():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert refused(rules.check_not_ahead, now + timedelta(days=366), now) is None
    assert refused(rules.check_not_ahead, now + timedelta(days=366, microseconds=1), now) == (
        Invalid,
        "session_in_future",
        ["/session_date"],
    )


def test_who_may_write_may_not_sign_unless_told():
    assert refused(rules.check_may_sign, {"sessions:write", "sessions:sign"}) is None
    assert refused(rules.check_may_sign, {"sessions:write"}) == (Forbidden, "permission_denied", [])


@pytest.mark.parametrize(
    ("author", "signer", "scopes", "own"),
    [
        (1, 2, (), True),
        (2, 1, (), True),
        (2, 2, (), False),
        (2, None, (), False),
        (2, None, ("sessions:oversee",), True),
        (2, 2, ("sessions:cosign",), False),
    ],
)
def test_what_was_signed_is_its_authors_its_signers_and_whose_oversee_the_workspace(author, signer, scopes, own):
    note = {"created_by_user_id": UUID(int=author), "finalized_by_user_id": signer and UUID(int=signer), "status": "draft"}
    expected = None if own else (Forbidden, "signed_by_another", [])
    assert refused(rules.check_own, note, UUID(int=1), scopes) == expected
    assert refused(rules.check_may_delete, note, 1, UUID(int=1), scopes) == expected
    # A draft that was never signed is anybody's who writes notes.
    assert refused(rules.check_may_delete, note, 0, UUID(int=1), scopes) is None


def test_a_signed_note_is_deleted_and_restored_by_who_may_sign():
    note = {"created_by_user_id": UUID(int=1), "finalized_by_user_id": UUID(int=1), "status": "finalized"}
    for scopes, expected in (({"sessions:sign"}, None), ({"sessions:write"}, (Forbidden, "permission_denied", []))):
        assert refused(rules.check_may_delete, note, 1, UUID(int=1), scopes) == expected
        assert refused(rules.check_may_restore, "finalized", scopes) == expected
        assert refused(rules.check_may_restore, "draft", scopes) is None


def test_an_appointment_has_one_note_and_another_is_told_which():
    rules.check_only_note(None)
    with pytest.raises(Conflict) as conflict:
        rules.check_only_note({"id": UUID(int=1)})
    assert (conflict.value.code, conflict.value.facts) == ("session_already_exists", {"session_id": ONE})


def test_a_deleted_note_is_restored_until_its_time_is_over():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert refused(rules.check_restorable, now + timedelta(microseconds=1), now) is None
    assert refused(rules.check_restorable, now, now) == (Gone, "session_erased", [])


def test_only_what_is_deleted_is_erased_and_only_what_is_signed_is_opened_again():
    assert refused(rules.check_deleted, datetime(2026, 3, 2, tzinfo=UTC)) is None
    assert refused(rules.check_deleted, None) == (Conflict, "session_not_deleted", [])
    assert refused(rules.check_signed, "finalized") is None
    assert refused(rules.check_signed, "draft") == (Conflict, "session_not_finalized", [])


def test_changes_are_what_differs():
    present = {"subjective": "calm", "plan": None, "duration_minutes": 50}
    assert rules.real_changes({"subjective": "calm", "plan": "", "duration_minutes": 50}, present) == {}
    assert rules.real_changes({"subjective": "", "plan": "x", "duration_minutes": None}, present) == {
        "subjective": "",
        "plan": "x",
        "duration_minutes": None,
    }


def test_an_amendment_says_why_in_up_to_5000_signs():
    assert refused(rules.check_reason, "x" * 5000, is_needed=True) is None
    assert refused(rules.check_reason, " ", is_needed=True) == (Invalid, "amendment_reason_required", ["/reason"])
    assert refused(rules.check_reason, " ", is_needed=False) is None
    for is_needed in (True, False):
        assert refused(rules.check_reason, "x" * 5001, is_needed=is_needed) == (Invalid, "session_invalid", ["/reason"])


@pytest.mark.parametrize(
    ("kind", "settings", "needed"),
    [
        ("hospital", {}, True),
        ("practice", {}, False),
        ("hospital", {"amendment_reason_required": False}, False),
        ("practice", {"amendment_reason_required": True}, True),
    ],
)
def test_hospitals_want_a_reason_and_practices_do_not_unless_they_say_so(kind, settings, needed):
    assert rules.is_reason_needed(kind, settings) is needed


def test_only_a_draft_is_a_draft():
    assert refused(rules.check_draft, "draft") is None
    assert refused(rules.check_draft, "finalized") == refused(rules.check_draft, "archived") == (Conflict, "session_finalized", [])


def test_who_had_not_seen_the_note_is_told_the_version_that_stands():
    with pytest.raises(Refusal) as stale:
        rules.check_fresh(1, 2)
    assert (stale.value.code, stale.value.facts) == ("stale_version", {"current_version": 2})


def test_a_history_tells_up_to_a_thousand_entries_and_a_hundred_where_nobody_says():
    assert [rules.timeline_limit(limit) for limit in (0, 1, 1000)] == [100, 1, 1000]
    for limit in (-1, 1001):
        assert refused(rules.timeline_limit, limit) == (Invalid, "limit_out_of_range", ["/limit"])


def test_a_file_may_have_ten_megabytes():
    assert refused(files.check_size, 10_485_760) is None
    assert refused(files.check_size, 10_485_761) == (Invalid, "file_too_large", [])


@pytest.mark.parametrize(
    "hidden", ["\0", "\u202e", "\ud800", "\u2028", "\u2029"], ids=["control", "turning", "surrogate", "line", "paragraph"]
)
def test_what_cannot_be_seen_is_no_part_of_a_files_name(hidden):
    assert files.file_name(f"a{hidden}b.png") == "ab.png"
    assert refused(files.file_name, hidden) == (Invalid, "file_name_required", ["/file_name"])


@pytest.mark.parametrize("name", ["", " ", ".", "..", "...", "a/", "a/.."])
def test_dots_alone_are_no_name(name):
    assert refused(files.file_name, name) == (Invalid, "file_name_required", ["/file_name"])


def test_a_name_may_have_255_signs():
    assert files.file_name("x" * 255) == "x" * 255
    assert files.file_name(".bashrc") == ".bashrc"
    assert files.file_name("~") == "~"
    assert refused(files.file_name, "x" * 256) == (Invalid, "file_name_too_long", ["/file_name"])


def test_a_link_lasts_one_to_sixty_minutes_and_fifteen_where_nobody_says():
    assert [files.minutes(asked) for asked in (None, 1, 60)] == [15, 1, 60]
    for asked in (0, 61):
        assert refused(files.minutes, asked) == (Invalid, "expiry_out_of_range", ["/expires_in_minutes"])


def test_a_workspace_may_be_filled_to_its_quota():
    files.check_quota(10, 10)
    with pytest.raises(Conflict) as full:
        files.check_quota(11, 10)
    assert (full.value.code, full.value.facts) == ("quota_exceeded", {"quota_bytes": 10})


@pytest.mark.parametrize(
    ("wanted", "present", "name"),
    [
        ("knee", "a.jpg", "knee.jpg"),
        ("knee.JPG", "a.jpg", "knee.JPG"),
        ("Report 1.2", "a.pdf", "Report 1.2.pdf"),
        ("Dr. Smith", "a.pdf", "Dr. Smith.pdf"),
        ("knee.jpeg", "scan", "knee.jpeg"),
        ("knee", "scan", "knee"),
        (".bashrc", "a.jpg", ".bashrc.jpg"),
        ("x" * 251, "a.jpg", "x" * 251 + ".jpg"),
    ],
)
def test_a_renamed_file_keeps_its_extension(wanted, present, name):
    assert files.new_file_name(wanted, present, "image/jpeg") == name


@pytest.mark.parametrize(
    ("wanted", "present"), [("knee.png", "a.jpg"), ("knee.exe", "scan"), ("knee.jpg.exe", "a.jpg"), ("a.jpeg", "a.jpg")]
)
def test_another_extension_is_refused(wanted, present):
    assert refused(files.new_file_name, wanted, present, "image/jpeg") == (Invalid, "file_extension_changed", ["/file_name"])


def test_a_name_that_its_extension_makes_too_long_is_refused():
    assert refused(files.new_file_name, "x" * 252, "a.jpg", "image/jpeg") == (Invalid, "file_name_too_long", ["/file_name"])


def test_a_name_is_taken_whatever_its_case():
    files.check_name_free("knee.jpg", ["a.jpg", "knee.png"])
    assert refused(files.check_name_free, "Knee.JPG", ["a.jpg", "knee.jpg"]) == (Conflict, "file_name_taken", [])


@pytest.mark.parametrize(
    ("media_type", "extensions"),
    [("image/jpeg", {".jpg", ".jpeg"}), ("image/png", {".png"}), ("application/pdf", {".pdf"})],
)
def test_a_file_without_extension_may_get_one_of_its_type(media_type, extensions):
    for extension in (".jpg", ".jpeg", ".png", ".pdf"):
        if extension in extensions:
            assert files.new_file_name(f"knee{extension}", "knee", media_type) == f"knee{extension}"
        else:
            with pytest.raises(Invalid) as refused:
                files.new_file_name(f"knee{extension}", "knee", media_type)
            assert refused.value.code == "file_extension_changed"


def test_an_appointment_with_a_note_is_not_deleted_without_a_word_about_the_note():
    rules.check_no_note(None)
    with pytest.raises(Conflict) as refused:
        rules.check_no_note({"id": UUID(int=1)})
    assert refused.value.code == "session_note_exists"


def test_the_reason_of_a_deletion_may_have_5000_signs():
    rules.check_deletion_reason("x" * rules.MAX_TEXT)
    with pytest.raises(Invalid) as refused:
        rules.check_deletion_reason("x" * (rules.MAX_TEXT + 1))
    assert (refused.value.code, refused.value.faults[0].pointer) == ("text_too_long", "/reason")


def test_a_note_is_not_made_for_an_appointment_that_was_deleted_meanwhile():
    assert refused(rules.check_not_deleted, None) is None
    assert refused(rules.check_not_deleted, datetime(2026, 1, 1, tzinfo=UTC)) == (NotFound, "not_found", [])


@pytest.mark.parametrize(
    ("seen", "version", "detached", "counts_as"),
    [(3, 4, 4, 4), (4, 4, 4, 4), (2, 4, 4, 2), (3, 4, None, 3), (3, 5, 4, 3), (3, 4, 3, 3)],
    ids=["just before", "after", "long before", "never detached", "changed after it", "changed in between"],
)
def test_losing_its_appointment_changes_nothing_of_a_note_that_somebody_saw(seen, version, detached, counts_as):
    assert rules.seen_version(seen, version, detached) == counts_as


def test_up_to_a_hundred_workspaces_are_asked_about_at_once():
    ids = [ONE] * 100
    assert rules.check_workspaces(ids) == ids
    assert refused(rules.check_workspaces, [*ids, TWO]) == (Invalid, "too_many_ids", ["/workspace_ids"])


def test_storage_is_the_own_workspaces_or_the_installations_administrators():
    own, other = UUID(int=1), UUID(int=2)
    assert refused(files.check_own, own, own, []) is None
    assert refused(files.check_own, other, own, ["platform:admin"]) is None
    assert refused(files.check_own, other, own, ["sessions:read"]) == (NotFound, "not_found", [])


def test_a_quota_is_up_to_a_petabyte():
    assert [files.check_quota_bytes(quota) for quota in (0, 10**15)] == [0, 10**15]
    for quota in (-1, 10**15 + 1):
        assert refused(files.check_quota_bytes, quota) == (Invalid, "quota_invalid", ["/quota_bytes"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("knee.pdf", "knee.pdf"),
        ("knee.PNG", "knee.PNG"),
        ("knee", "knee"),
        ("Dr. Smith", "Dr. Smith"),
        ("Report 1.2", "Report 1.2"),
        ("report.html", "report.html.pdf"),
        ("report.pdf.exe", "report.pdf.exe.pdf"),
        ("report.html.", "report.html..pdf"),
        ("report.webarchive", "report.webarchive.pdf"),
        ("report.html5-é", "report.html5-é.pdf"),
        (".htaccess", ".htaccess.pdf"),
        ("x" * 250 + ".html", "x" * 250 + "..pdf"),
    ],
)
def test_a_file_is_kept_by_a_name_that_promises_nothing_else(given, kept):
    assert files.typed_name(given, "application/pdf") == kept
    assert len(kept) <= 255


def test_each_kind_of_file_has_an_extension_to_be_given():
    assert files.typed_name("a.svg", "image/png") == "a.svg.png"
    assert files.typed_name("a.svg", "image/jpeg") == "a.svg.jpg"
