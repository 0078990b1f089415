"""`caseload doctor`."""

import argparse

from rich.console import Console

from chassis.local.processes import ChildFailedError
from standalone.administration import administrator
from standalone.doctor.database_checks import of_database
from standalone.doctor.findings import Finding, Verdict, fail
from standalone.doctor.home_checks import of_home
from standalone.doctor.outside_checks import of_outside
from standalone.home import DEFAULT_HOME, Home
from standalone.settings import StandaloneSettings


async def doctor_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """A line for each thing that was looked at. Ends with status 1 if one of them has failed."""
    found = await examine(settings)
    console = Console(soft_wrap=True)
    for finding in found:
        console.print(str(finding), markup=False, highlight=False)
    failed = sum(finding.verdict is Verdict.FAIL for finding in found)
    if failed:
        raise SystemExit(1)


async def examine(settings: StandaloneSettings) -> list[Finding]:
    """Everything, of an installation that runs or does not; its PostgreSQL is started for as long where it does not."""
    home = Home(settings.home or DEFAULT_HOME)
    if not home.keyring.exists():
        return [
            fail(
                "home", f"there is no installation in {home.directory}", "name its directory in CASELOAD_HOME, or make one with `make run`"
            )
        ]
    found = of_home(home, settings)
    try:
        with administrator(home, settings) as dsn:
            found += await of_database(home, dsn)
    except (ChildFailedError, OSError) as error:
        found.append(fail("database", f"does not start ({type(error).__name__})", f"see {home.postgres / 'postgres.log'}"))
    return found + await of_outside(home, settings)
