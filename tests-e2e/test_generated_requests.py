"""Requests generated from the OpenAPI document: none fails inside, most succeed, every answer is one the document describes."""

import os
from contextlib import ExitStack

import pytest
from attack.figures import tell
from attack.guests import Guest
from attack.keeper import Keeper

# `make drill` asks for more.
REQUESTS = int(os.environ.get("CASELOAD_GENERATED_REQUESTS", "600"))
SEED = 20261120
# What proves something nobody can guess.
NEVER_SUCCEED = {"POST /api/v1/auth/verify", "POST /api/v1/auth/session/refresh"}


@pytest.fixture
async def explorer(embedded):
    """Somebody at work in a workspace of the embedded composition, with colleagues."""
    from attack.generated import Explorer  # takes a second to import, whichever tests are asked for

    keeper = Keeper(embedded)
    person = await keeper.open_practice()
    colleagues = [await keeper.hire(person.workspace_id) for _ in range(4)]
    with ExitStack() as stack:
        api = stack.enter_context(keeper.api(person))
        guest = Guest(keeper, person, colleagues, api, SEED)
        yield Explorer(keeper.trial.gateway_url, api.get("/openapi.json").json(), guest, seed=SEED)


def test_generated_requests_are_answered_as_the_document_says_and_never_with_a_5xx(explorer):
    tally = explorer.send(REQUESTS)

    tell(str(tally))
    assert tally.asked >= REQUESTS
    assert {operation: dict(counts) for operation, counts in tally.by_operation.items() if max(counts) >= 500} == {}
    assert tally.faults == {}
    assert tally.succeeded >= tally.asked / 2, str(tally)
    vain = {name for name, counts in tally.by_operation.items() if not any(200 <= status < 300 for status in counts)}
    assert vain <= NEVER_SUCCEED
