"""How many years a workspace may choose."""

import pytest

from audit.retention import rules
from chassis.errors import Invalid


@pytest.mark.parametrize("years", [6, 7, 30])
def test_six_to_thirty_years_may_be_chosen(years):
    rules.check_years(years)


@pytest.mark.parametrize("years", [-1, 0, 5, 31])
def test_anything_else_is_refused(years):
    with pytest.raises(Invalid) as refused:
        rules.check_years(years)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("retention_range", ["/years"])


def test_seven_hold_where_nobody_has_chosen():
    assert rules.DEFAULT == 7
