"""A note as text for people."""

from datetime import UTC, datetime

from chassis.client_archive.note_text import blocks, plain

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOTE = {
    "id": "n", "status": "draft", "created_by_user_id": "u", "session_date": MONDAY, "updated_at": MONDAY, "duration_minutes": None,
    "deleted_at": None, "conflict_of": None, "unfinalized_reason": None,
    "subjective": None, "objective": None, "assessment": None, "plan": "Rest.",
}  # fmt: skip


def test_a_reader_of_paper_learns_why_there_is_a_second_draft_and_why_a_signed_note_is_one_again():
    lines = plain(blocks(NOTE | {"conflict_of": "o", "unfinalized_reason": "The wrong knee."}, [])).splitlines()
    assert "Began as a conflict copy of: o" in lines
    assert "Made a draft again because: The wrong knee." in lines
    assert plain(blocks(NOTE, [])).splitlines()[3:] == [
        "Note: n", "Status: draft", "Written by: u", "Last changed: 2026-03-02 09:00 UTC", "", "Plan:", "Rest.", "",
    ]  # fmt: skip
