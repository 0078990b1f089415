"""The page of a compliance report: its words and plots are the report's numbers, and nothing in them is markup."""

import re
from datetime import UTC, datetime

import pytest

from gateway.pages.compliance import compliance_page, plot

USER = "01890a5d-ac96-774b-bcce-b302099a8057"
AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


QUIET = {"threshold": 100, "is_learnt": False, "days_seen": 3, "days": []}


def report(**but):
    nothing = {"events": 0, "by_code": [], "by_type": [], "by_user": []}
    return {
        "start_date": AT, "end_date": AT, "time_zone": "Europe/Berlin", "events": 12,
        "access": {"events": 0, "by_user": [], "by_role": [], "by_client": []},
        "denials": nothing, "failed_sign_ins": nothing, "exports": nothing, "permission_changes": nothing,
        "after_hours": {"office_hours": {"start": "07:00", "end": "20:00", "weekdays": [5, 1, 2]}, "events": 0, "by_user": []},
        "break_glass": {"uses": 3, "by_user": [], "justified": 2, "unjustified": 1},
        "chain": {"intact": True, "events": 99, "head": "ab" * 32, "first_break": None},
        "retention": {"years": 7, "oldest_event_at": None},
        "unusual": {"past_days": 90, "percentile": 99, "bulk_access": QUIET, "after_hours": QUIET | {"threshold": 10}},
    } | but  # fmt: skip


def text(**but):
    return page(**but).body.decode()


def page(**but):
    return compliance_page(report(**but), workspace="Lakeside & Partners", made_at=AT)


def test_bars_are_to_one_scale_and_their_parts_follow_each_other():
    rows = [{"user_id": USER, "reads": 30, "changes": 10, "exports": 0}, {"user_id": None, "reads": 0, "changes": 10, "exports": 10}]
    drawn = plot("Accesses", rows, "user_id", ("reads", "changes", "exports"))
    first, second = drawn.bars
    assert [(part.kind, part.x, part.width) for part in first.parts] == [("reads", 0.0, 315.0), ("changes", 315.0, 105.0)]
    assert [(part.kind, part.x, part.width) for part in second.parts] == [("changes", 0.0, 105.0), ("exports", 105.0, 105.0)]
    assert (first.name, first.events, second.name, second.events) == (USER, 40, "no user", 20)
    assert (first.y < second.y < drawn.height, drawn.left_out) == (True, 0)


@pytest.mark.parametrize(("number", "shown", "left_out"), [(0, 0, 0), (1, 1, 0), (12, 12, 0), (15, 12, 3)])
def test_a_plot_has_twelve_bars_at_most_and_tells_how_many_it_leaves_out(number, shown, left_out):
    drawn = plot("Denials", [{"code": f"code_{n}", "events": 0} for n in range(number)], "code")
    assert (len(drawn.bars), drawn.left_out, [bar.parts for bar in drawn.bars]) == (shown, left_out, [[]] * shown)


def test_the_page_tells_whose_it_is_and_times_by_the_workspaces_clocks_and_whether_the_chain_holds():
    told = text(retention={"years": 30, "oldest_event_at": AT})
    assert "Lakeside &amp; Partners: from 2026-03-29 01:30 until 2026-03-29 01:30" in told
    assert "Made on 2026-03-29 01:30" in told
    assert "07:00 to 20:00, Monday, Tuesday and Friday" in told
    assert "kept for 30 years; the oldest is of 2026-03-29 01:30" in told
    assert "chain of 99 events is intact" in told
    assert "opened 3 times" in told
    broken = text(chain={"intact": False, "events": 99, "head": "", "first_break": 17})
    assert ("broken at event 17" in broken, "is intact" in broken) == (True, False)


def test_what_is_in_a_report_is_text_and_the_page_runs_nothing():
    hostile = page(denials={"events": 1, "by_code": [{"code": '"><script>alert(1)</script>', "events": 1}], "by_user": []})
    body = hostile.body.decode()
    assert ("<script" in body, "&lt;script&gt;" in body) == (False, True)
    assert not re.search(r"\son\w+=|javascript:|\sstyle=|https?://", body)
    policy = hostile.headers["content-security-policy"]
    assert ("default-src 'none'" in policy, "script-src" in policy, "unsafe" in policy) == (True, False, False)


def test_a_long_list_says_what_is_left_out_of_it():
    users = [{"user_id": USER, "role": None, "events": 1} for _ in range(30)]
    assert "5 more users are in the JSON" in text(failed_sign_ins={"events": 30, "by_code": [], "by_user": users})


def test_what_is_unusual_is_told_with_how_it_was_found():
    found = {
        "threshold": 412,
        "is_learnt": True,
        "days_seen": 950,
        "days": [{"user_id": USER, "role": "nurse", "day": "2026-03-02", "events": 977}],
    }
    told = text(unusual={"past_days": 90, "percentile": 99, "bulk_access": found, "after_hours": QUIET | {"threshold": 10}})
    assert "more than 412 accesses on one day" in told
    assert "99 of 100 of the 950 days" in told
    assert re.search(rf"{USER}.*nurse.*2026-03-02.*977", told, re.DOTALL)
    assert "more than 10 accesses after hours on one day" in told
    assert "too little of a past to learn from" in told
    too_much = text(unusual={"past_days": 0, "percentile": 99, "bulk_access": QUIET, "after_hours": QUIET})
    assert ("too many events to learn from" in too_much, "too little of a past" in too_much) == (True, False)
