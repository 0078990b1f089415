"""Reports over HTTP."""

import csv
import io

REPORT = "/api/v1/reports/activity"


async def test_a_report_is_json_or_csv_as_it_is_asked_for(practice, check_problem):
    await practice.booked((await practice.add_client())["id"])
    week = {"start_date": "2027-03-01", "end_date": "2027-03-07", "group_by": "week"}
    reply = await practice.http.get(REPORT, params=week)
    assert reply.status_code == 200, reply.text
    (period,) = reply.json()["periods"]
    assert reply.json()["total"] == period
    assert (period["start_date"], period["end_date"], period["booked"], period["hours"], period["utilisation"]) == (
        "2027-03-01", "2027-03-07", 1, 1, None,
    )  # fmt: skip

    lines = await practice.http.get(REPORT, params=week | {"group_by": "day"}, headers={"Accept": "text/csv"})
    assert (lines.status_code, lines.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(lines.text)))
    assert [(row["start_date"], row["booked"], row["utilisation"]) for row in rows[:2]] == [
        ("2027-03-01", "1", ""),
        ("2027-03-02", "0", ""),
    ]
    assert len(rows) == 7
    problem = check_problem(await practice.http.get(REPORT, params=week | {"end_date": "2027-02-28"}), 422, "report_range_invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/end_date"]
