"""A practitioner's feed as their calendar program shows it: vdirsyncer subscribes over HTTP, khal shows what it has read."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUR = timedelta(hours=1)
NINE = (datetime.now(UTC) + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "remote"
b = "local"
collections = null
[storage remote]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/events
readonly = True
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


class Programs:
    """The programs of one person, who has subscribed to one address."""

    def __init__(self, folder: Path, url: str) -> None:
        found = subprocess.run([ROOT / "scripts" / "calendar-programs"], capture_output=True, text=True, check=True)
        self._bin, self._folder = Path(found.stdout.strip()), folder
        (folder / "events").mkdir()
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal").write_text(KHAL.format(folder=folder))
        self._run("vdirsyncer", "discover", "feed", said="y\n" * 9)

    def sync(self) -> None:
        self._run("vdirsyncer", "sync")

    def shown(self) -> list[tuple[str, str, str, str]]:
        """Title, start, end and status of each event of a week, in order of their starts."""
        listed = self._run(
            "khal",
            "-c",
            str(self._folder / "khal"),
            "list",
            "--format",
            "|{title}|{start-long}|{end-long}|{status}",
            f"{NINE:%Y-%m-%d}",
            "7d",
        )
        return sorted(
            (tuple(part.strip() for part in line.split("|")[1:]) for line in listed.splitlines() if "|" in line), key=lambda shown: shown[1]
        )

    def _run(self, program: str, *arguments: str, said: str = "") -> str:
        environment = {**os.environ, "VDIRSYNCER_CONFIG": str(self._folder / "vdirsyncer"), "TZ": "UTC", "COLUMNS": "200"}
        done = subprocess.run(
            [self._bin / program, *arguments], env=environment, input=said, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def event(start: datetime, status: str = "CONFIRMED") -> tuple[str, str, str, str]:
    return ("Appointment", f"{start:%Y-%m-%d %H:%M}", f"{start + HOUR:%Y-%m-%d %H:%M}", status)


@pytest.mark.drill
def test_a_calendar_program_shows_what_is_booked_moved_and_cancelled(embedded, sign_in, tmp_path):
    api = sign_in(embedded)

    def ask(method, path, expected, **more):
        reply = api.request(method, path, **more)
        assert reply.status_code == expected, reply.text
        return reply.json() if reply.content else None

    client = ask("POST", "/clients", 201, json={"first_name": "Ada", "last_name": "Lovelace"})["id"]

    def book(start):
        body = {
            "client_id": client,
            "scheduled_start": start.isoformat(),
            "scheduled_end": (start + HOUR).isoformat(),
            "location_type": "clinic",
        }
        return ask("POST", "/appointments", 201, json=body)["id"]

    feed = ask("POST", "/calendar-feeds", 201)
    programs = Programs(tmp_path, feed["url"])
    programs.sync()
    assert programs.shown() == []

    moved, cancelled, deleted, stays = [book(NINE + hour * HOUR) for hour in range(4)]
    programs.sync()
    assert programs.shown() == [event(NINE + hour * HOUR) for hour in range(4)]
    assert "Lovelace" not in "".join(path.read_text() for path in (tmp_path / "events").iterdir())

    later = NINE + 30 * HOUR
    ask("PUT", f"/appointments/{moved}", 200, json={"scheduled_start": later.isoformat(), "scheduled_end": (later + HOUR).isoformat()})
    ask("PUT", f"/appointments/{cancelled}", 200, json={"status": "cancelled"})
    ask("DELETE", f"/appointments/{deleted}", 204)
    programs.sync()
    assert programs.shown() == [event(NINE + HOUR, "CANCELLED"), event(NINE + 2 * HOUR, "CANCELLED"), event(NINE + 3 * HOUR), event(later)]

    # Nothing has changed, so nothing is read anew.
    files = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "events").iterdir()}
    programs.sync()
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "events").iterdir()} == files
    assert len(files) == 4

    # What somebody else treats is in nobody's way here any more, and gone.
    colleague = ask("POST", "/users", 201, json={"email": "lise@example.com", "full_name": "Lise Meitner", "role": "therapist"})["id"]
    ask("PUT", f"/appointments/{stays}", 200, json={"practitioner_id": colleague})
    programs.sync()
    assert event(NINE + 3 * HOUR) not in programs.shown()

    ask("DELETE", f"/calendar-feeds/{feed['id']}", 204)
    with pytest.raises(AssertionError, match="Not Found"):
        programs.sync()
