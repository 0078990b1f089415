"""For whom a job goes on, and which are cancelled."""

import pytest

from chassis.errors import Conflict, Forbidden
from chassis.jobs import rules


def test_a_job_waits_in_a_suspended_workspace_and_ends_for_who_may_not_order_it():
    rules.check_standing(workspace_is_active=True, is_permitted=True)
    for is_permitted in (True, False):
        with pytest.raises(rules.Suspended):
            rules.check_standing(workspace_is_active=False, is_permitted=is_permitted)
    with pytest.raises(Forbidden) as refused:
        rules.check_standing(workspace_is_active=True, is_permitted=False)
    assert refused.value.code == "job_not_permitted"


def test_what_was_decided_is_not_cancelled():
    rules.check_may_be_cancelled(is_decided=False)
    with pytest.raises(Conflict) as refused:
        rules.check_may_be_cancelled(is_decided=True)
    assert refused.value.code == "job_decided"
