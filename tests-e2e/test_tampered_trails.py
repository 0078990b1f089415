"""Every kind of tampering with an audit trail, by the database's superuser or in the file store, is found on a running system within a minute. `make drill` has a thousand."""

from attack.tamperings import KINDS
from drill.tampering import tamper


async def test_every_kind_of_tampering_is_found_within_a_minute_and_nothing_else_is(postgres):
    found = await tamper(postgres, number=len(KINDS), seed="trail", seconds=60.0)
    assert found.tried.keys() == KINDS.keys()
    assert (found.missed, found.false_alarms) == ([], 0)
    assert 0 < found.longest < 60
