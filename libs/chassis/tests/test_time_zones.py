"""Time zones are those of the `tzdata` wheel."""

import zoneinfo
from datetime import UTC, datetime
from importlib import resources

import chassis


def test_the_systems_time_zones_are_never_read():
    assert chassis
    assert zoneinfo.TZPATH == ()
    with (resources.files("tzdata") / "zoneinfo" / "America" / "Vancouver").open("rb") as file:
        of_the_wheel = zoneinfo.ZoneInfo.from_file(file)
    # The rule that was changed last: what the zone says has to be what the wheel says.
    winter = datetime(2026, 12, 1, tzinfo=UTC)
    assert winter.astimezone(zoneinfo.ZoneInfo("America/Vancouver")).utcoffset() == winter.astimezone(of_the_wheel).utcoffset()
    assert "Europe/Berlin" in zoneinfo.available_timezones()
