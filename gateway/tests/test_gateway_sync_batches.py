"""How a batch is taken item by item: what ends it, and what becomes of the rest."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sync_pb2 as pb
from chassis.context import RequestContext
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from chassis.rpc.client.attempts import InternalFault
from clinical.sync import rules
from gateway.api.sync import batch
from gateway.api.sync.schemas import SyncItem

AWAY = Unavailable("clinical_unavailable")


class Answers:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[pb.SyncSessionRequest, RequestContext]] = []

    async def SyncSession(self, message: pb.SyncSessionRequest, context: RequestContext) -> pb.SyncedSession:
        self.asked.append((message, context))
        answer = self.answers[len(self.asked) - 1] if len(self.asked) <= len(self.answers) else None
        if answer is not None:
            raise answer
        return pb.SyncedSession(session_id=str(uuid7()), status=pb.SYNC_STATUS_CREATED, version=1)


def items(number: int) -> list[SyncItem]:
    return [
        SyncItem(client_session_id=f"note {n}", client_id=uuid7(), created_at_client=datetime.now(UTC).isoformat()) for n in range(number)
    ]


async def take(answers: Answers, number: int, *, seconds: float = 10.0, key: str | None = None) -> list[str]:
    stub: Any = answers
    context = RequestContext(idempotency_key=key).within(seconds)
    return [each["status"] for each in await batch.sync(items(number), stub, context)]


@pytest.mark.parametrize(
    ("answers", "told", "asked"),
    [
        ([], ["created"] * 5, 5),
        ([NotFound("not_found"), None, Invalid("sync_item_invalid")], ["rejected", "created", "rejected", "created", "created"], 5),
        # One that fails keeps none from its turn; what is away twice in succession is away for all.
        ([None, AWAY, None, AWAY], ["created"] * 3, 5),
        ([InternalFault(), InternalFault(), InternalFault()], ["rejected"] * 3 + ["created"] * 2, 5),
        ([AWAY, InternalFault(), AWAY, None, AWAY], ["rejected", "created"], 5),
        ([None, AWAY, AWAY], ["created"], 3),
        # Whoever is signed out meanwhile has done what was done before.
        ([None, Unauthenticated("session_ended")], ["created"], 2),
    ],
)
async def test_what_has_no_result_is_for_another_time(answers: Sequence[Exception | None], told: list[str], asked: int):
    stub = Answers(*answers)
    assert await take(stub, 5) == told
    assert len(stub.asked) == asked


async def test_an_item_that_fails_stays_on_the_device_and_says_so():
    stub: Any = Answers(InternalFault("/caseload.clinical.v1.Sync/SyncSession"))
    failed, taken = await batch.sync(sent := items(2), stub, RequestContext().within(10.0))
    assert (failed["client_session_id"], failed["status"], failed["code"]) == (sent[0].client_session_id, "rejected", "internal_error")
    assert "stays on the device" in failed["error"]
    assert "caseload.clinical" not in failed["error"]
    assert taken["status"] == "created"


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (AWAY, 2),
        (Forbidden("permission_denied"), 1),
        (Unauthenticated("session_ended"), 1),
        (Invalid("idempotency_key_reused"), 1),
        (Conflict("idempotency_in_progress"), 1),
    ],
)
async def test_a_batch_of_which_nothing_was_taken_is_refused(refusal: Exception, asked: int):
    stub = Answers(refusal, refusal)
    with pytest.raises(type(refusal)):
        await take(stub, 5)
    assert len(stub.asked) == asked


async def test_no_item_is_begun_without_time_for_it():
    with pytest.raises(Unavailable):
        await take(Answers(), 5, seconds=0.3)


async def test_no_item_has_the_time_of_all_others():
    stub = Answers()
    await take(stub, 2, seconds=60)
    now = asyncio.get_running_loop().time()
    assert all(context.deadline - now <= batch._SECONDS_EACH for _, context in stub.asked if context.deadline)


async def test_each_item_has_a_key_of_its_own_which_is_good_for_this_batch_alone():
    one, other, without = Answers(), Answers(), Answers()
    for stub, key in ((one, "k" * 255), (other, "k" * 255), (without, None)):
        await take(stub, 3, key=key)
    keys = [[context.idempotency_key for _, context in stub.asked] for stub in (one, other, without)]
    digests = [{message.batch_digest for message, _ in stub.asked} for stub in (one, other, without)]
    assert (keys[0], len(set(keys[0])), keys[2]) == (keys[1], 3, [None] * 3)
    assert all(len(key) <= 255 for key in keys[0] if key)
    assert [len(each) for each in digests] == [1, 1, 1]
    assert digests[0] != digests[1]


def test_every_flag_has_a_sentence():
    flags = {value for name, value in vars(rules).items() if name.isupper() and isinstance(value, str)}
    assert batch.SENTENCES.keys() == flags
