"""Which values the fields of a workspace accept."""

import pytest

from identity.workspaces.rules import check_workspace


@pytest.mark.parametrize("locale", ["en", "en-GB", "sr-Latn-RS", "es-419"])
@pytest.mark.parametrize("time_zone", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires"])
def test_locales_and_time_zones_of_the_world_are_accepted(locale, time_zone):
    check_workspace({"name": "Practice", "locale": locale, "time_zone": time_zone})
