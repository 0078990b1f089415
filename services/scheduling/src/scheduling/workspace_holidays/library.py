"""The public holidays of countries, as the library `holidays` knows them."""

from datetime import date
from importlib.metadata import version

import holidays

from scheduling.workspace_holidays.rules import MAX_NAME, country_unknown

VERSION = version("holidays")


def public_holidays(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """Names by date, in the country's language. Raises Invalid for a country, or a part of one, that the library does not know."""
    subdivisions = holidays.list_supported_countries(include_aliases=False).get(country)
    if subdivisions is None:
        raise country_unknown("/country")
    if subdivision is not None and subdivision not in subdivisions:
        raise country_unknown("/subdivision")
    # Of the machine's language, unless one is named.
    language = holidays.country_holidays(country).default_language
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    return {day: name[:MAX_NAME] for day, name in sorted(found.items()) if day.year == year}
