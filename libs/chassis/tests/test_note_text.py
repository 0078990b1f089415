"""A note as text for people."""

from datetime import UTC, datetime

from chassis.client_archive.note_text import blocks, plain

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOTE = {
    "id": "n", "status": "draft", "created_by_user_id": "u", "session_date": MONDAY, "updated_at": MONDAY, "duration_minutes": None,
    "deleted_at": None, "deleted_by_user_id": None, "conflict_of": None, "unfinalized_reason": None,
    "subjective": None, "objective": None, "assessment": None, "plan": "Rest.",
}  # fmt: skip


def test_a_reader_of_paper_learns_why_there_is_a_second_draft_and_why_a_signed_note_is_one_again():
    lines = plain(blocks(NOTE | {"conflict_of": "o", "unfinalized_reason": "The wrong knee."}, [])).splitlines()
    assert "Began as a conflict copy of: o" in lines
    assert "Made a draft again because: The wrong knee." in lines
    assert plain(blocks(NOTE, [])).splitlines()[3:] == [
        "Note: n", "Status: draft", "Written by: u", "Last changed: 2026-03-02 09:00 UTC", "", "Plan:", "Rest.", "",
    ]  # fmt: skip


def test_a_reader_of_paper_does_not_take_what_a_save_has_taken_out_for_a_note_that_somebody_deleted():
    displaced = NOTE | {"conflict_of": "o", "deleted_at": MONDAY, "plan": "run"}
    assert plain(blocks(displaced, [])).splitlines() == [
        "Words taken out of the session note of 2026-03-02 09:00 UTC", "=" * 59, "",
        "Note: n", "Status: draft", "Written by: u", "Last changed: 2026-03-02 09:00 UTC",
        "Taken out of: o, by a save that may not have shown them", "Kept since: 2026-03-02 09:00 UTC", "", "Plan:", "run", "",
    ]  # fmt: skip
    deleted = plain(blocks(displaced | {"deleted_by_user_id": "u"}, [])).splitlines()
    assert deleted[0] == "Session note of 2026-03-02 09:00 UTC"
    assert {"Began as a conflict copy of: o", "Deleted: 2026-03-02 09:00 UTC"} <= set(deleted)
