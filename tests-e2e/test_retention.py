"""docs/operations/retention.md and the services say the same: every table, how long its rows are kept, and by which setting."""

import re
from pathlib import Path

import pytest

from chassis.work.retention import SYSTEM_RETENTIONS
from standalone.services import SERVICES

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations" / "retention.md"


@pytest.fixture(scope="module")
def policies():
    """The rows of the document's table, by the name of the table they are about."""
    found = {}
    for line in DOCUMENT.read_text().splitlines():
        if match := re.match(r"\| `([a-z*]+\.[a-z_]+)` \|(.*)\|$", line):
            assert match[1] not in found, f"{match[1]} is there twice"
            found[match[1]] = [cell.strip() for cell in match[2].split("|")]
    return found


def test_every_table_of_every_service_has_a_policy_or_a_reason_to_be_kept(policies):
    tables = {str(table) for service in SERVICES for table in service.metadata.tables.values()}
    of_all = {f"{service.name}.{name.removeprefix('*.')}" for service in SERVICES for name in policies if name.startswith("*.")}
    of_one = {name for name in policies if not name.startswith("*.")}

    assert not of_all & of_one
    assert of_all | of_one == tables
    for name, (holds, kept, *_) in policies.items():
        assert holds, name
        assert len(kept) > 10, f"{name}: neither a time nor a reason"


def test_what_the_document_calls_a_setting_is_one_with_that_default(policies):
    told = {}
    for name, cells in policies.items():
        for days, setting in re.findall(r"([\d.]+) days?[^`]*`CASELOAD_([A-Z_]+)`", cells[1]):
            told.setdefault(name, {})[setting.lower()] = float(days)

    expected = {}
    for owner, retentions in [("*", SYSTEM_RETENTIONS), *((service.name, service.retentions) for service in SERVICES)]:
        for retention in retentions:
            expected.setdefault(f"{owner}.{retention.table}", set()).update({retention.days} if isinstance(retention.days, str) else ())
    assert {name: told.get(name, {}).keys() for name in expected} == expected
    assert told.keys() <= expected.keys()

    for name, settings in told.items():
        owners = [service for service in SERVICES if name.split(".")[0] in {"*", service.name}]
        for service in owners:
            for setting, days in settings.items():
                assert service.settings.model_fields[setting].default == days, (name, setting)
