"""Past the gateway as well: every field of every method, asked directly with what cannot be, is refused and is no fault of the service."""

import asyncio
import os
import random
from uuid import uuid4

import grpc
from attack.leak_search import EventTap, queues
from attack.reporting import report
from attack.service_methods import methods, request_with_canaries, service_of
from google.protobuf.descriptor import FieldDescriptor as Field

from standalone.selftest.worlds import furnish

AT_A_TIME = 8
# `make drill` tries every value.
VALUES_PER_FIELD = int(os.environ.get("CASELOAD_HOSTILE_VALUES", "3"))
TEXTS = (
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\u202e", "x" * 300_000, "%s%n", "'; DROP TABLE clients.clients; --", "\U0010ffff", "-1", "NaN", "null",
    "../../etc/passwd", "2026-02-30", "0000-00-00", "Mars/Olympus", "a@b", "{}", "\ud7ff" * 1000, str(uuid4()), "0" * 36,
)  # fmt: skip
NUMBERS = {
    Field.TYPE_INT32: (-(2**31), -1, 0, 2**31 - 1),
    Field.TYPE_INT64: (-(2**63), -1, 0, 2**63 - 1),
    Field.TYPE_ENUM: (-1, 0, 99, 2**31 - 1),
    Field.TYPE_BOOL: (True, False),
    Field.TYPE_DOUBLE: (-1.0, 0.0, 1e308, float("inf"), float("nan")),
}
# Seconds and nanoseconds: before and after all calendars, and such as no clock tells.
MOMENTS = (
    (-(2**63), 0),
    (2**63 - 1, 0),
    (-62135596800, 0),
    (253402300799, 999999999),
    (0, -1),
    (0, 2**31 - 1),
    (-62135596801, 0),
    (253402300800, 0),
)
NESTED = {"a": "\x00", "": None, "b": [float("inf"), float("nan"), 1e308], "mon": [{"start": "\x00", "end": {}}]}


def bent(method, ids, chance):
    """Requests that are right but for one field, and what is wrong with it."""
    for outer, field in fields(method.request.DESCRIPTOR):
        for value in chance.sample(values(field), min(VALUES_PER_FIELD, len(values(field)))):
            request, _ = request_with_canaries(method, ids)
            put(request if outer is None else getattr(request, outer.name), field, value)
            if "mask" in method.request.DESCRIPTOR.fields_by_name and field.name != "mask":
                request.mask.paths[:] = [field.name]
            yield f"{field.name} = {value!r:.60}", request.SerializeToString()
    request, _ = request_with_canaries(method, ids)
    raw = request.SerializeToString()
    yield "cut short", raw[:-1] or b"\x08"
    yield "unknown fields", raw + b"\xfa\x7f\x03abc"
    yield "a group without end", raw + b"\x0b" * 200
    yield "a number where a text belongs", b"\x08\x01\x10\x01\x18\x01"
    yield "no UTF-8", b"\x0a\x02\xff\xfe"
    yield "nothing", b""


def fields(descriptor):
    """The fields of a request, and those of the messages in it; each after the field that its message is in, or None."""
    for field in descriptor.fields:
        if field.message_type is None or not field.message_type.full_name.startswith("caseload."):
            yield None, field
        elif not field.is_repeated:
            yield from ((field, inner) for inner in field.message_type.fields if inner.message_type is None)


def values(field):
    if field.message_type is None:
        return TEXTS if field.type == Field.TYPE_STRING else NUMBERS.get(field.type, (b"", b"\x00" * 1000, True))
    return {"google.protobuf.Timestamp": MOMENTS, "google.protobuf.Struct": (NESTED,), "google.protobuf.FieldMask": TEXTS}[
        field.message_type.full_name
    ]


def put(request, field, value):
    if field.message_type is None:
        if field.is_repeated:
            getattr(request, field.name).extend([value] * 3)
        elif field.type != Field.TYPE_BOOL and not (field.type == Field.TYPE_BYTES and value is True):
            setattr(request, field.name, value)
    elif field.message_type.full_name.endswith("Timestamp"):
        part = getattr(request, field.name)
        part.seconds, part.nanos = value
    elif field.message_type.full_name.endswith("Struct"):
        getattr(request, field.name).update(value)
    else:
        request.mask.paths.append(value)


async def test_no_field_of_any_method_makes_a_service_fail(attacked, lines):
    person = await attacked.open_practice()
    chance, asked, failed = random.Random(20261120), 0, []
    with attacked.api_as(person) as api:
        ids = furnish(api, lambda: attacked.sign_in(person))
        ids |= {
            "audit_event_id": str(uuid4()),
            "magic_link_id": str(uuid4()),
            "invitation_id": str(uuid4()),
            "passkey_id": str(uuid4()),
            "payment_request_id": str(uuid4()),
            "offer_id": str(uuid4()),
            "client_ids": [ids["client_id"]],
            "attachment_ids": [ids["attachment_id"]],
            "milestone_ids": [ids["milestone_id"]],
            "user_ids": [ids["user_id"]],
            "orderer_id": ids["user_id"],
            "asked_by": ids["user_id"],
            "generation": str(uuid4()),
            "merge_id": str(uuid4()),
            "merged_id": ids["client_id"],
            "survivor_id": ids["resource_id"],
            "workspace_ids": [ids["workspace_id"]],
        }

        async def ask(method, what, raw):
            status, _, said = await lines[service_of(method)].ask(method, raw, api.token, idempotency_key=str(uuid4()))
            if status in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED}:
                failed.append(f"{method.path} {what}: {status} {said[:200]}")

        for method in methods():
            if method.name in {"Logout", "ChangePassword"}:
                continue  # they take no more than what would end this sign-in
            questions = list(bent(method, ids, chance))
            if method.name == "Login":
                questions = questions[:: max(1, len(questions) // 10)]  # each costs as much work as a right password
            asked += len(questions)
            for place in range(0, len(questions), AT_A_TIME):
                await asyncio.gather(*(ask(method, what, raw) for what, raw in questions[place : place + AT_A_TIME]))

    report(f"{asked} hostile calls, {len(failed)} of which made a service fail")
    assert failed == [], "\n".join(failed)
    assert asked > 500
    assert attacked.installation.ready()
    # Nor was anything announced that a reaction could not take.
    async with EventTap.on(attacked.installation) as tap:
        letters = [letter for queue in queues(attacked) for letter in await tap.take_dead_letters(queue)]
    assert [letter.headers for letter in letters if letter.headers.get("workspace-id") == person.workspace_id] == []
