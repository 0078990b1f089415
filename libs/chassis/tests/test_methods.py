"""Methods whose declarations are missing or contradict each other are refused at boot; the suite's own are sound."""

import importlib
import pkgutil
from types import SimpleNamespace

import pytest

import caseload
from chassis.protobuf import field_options
from chassis.rpc.method import UndeclaredMethod, read
from chassis.service.definition import Service
from chassis.testing.environment import start_environment
from scheduling.tables import metadata

ASK = "rpc Ask({request}) returns ({reply}) {{ {options} }}"
LEVEL, NEEDS = "option idempotency_level = NO_SIDE_EFFECTS;", 'option (needs) = "signed-in";'
EFFECT = "option idempotency_level = IDEMPOTENCY_UNKNOWN;"
LINE = 'option (audit) = {resource: RESOURCE_CLIENT action: ACTION_READ id: "id"};'
NO_LINE = 'option (audit) = {none: "nobody asks who did"};'
PAGED, IN_PARTS = "option (paged) = true;", "option (in_parts) = true;"
MESSAGES = """
message Plain { string id = 1 [(uuid) = true]; string name = 2; }
message Page { repeated Plain items = 1; int64 total = 2; }
message Totalless { repeated Plain items = 1; }
message Single { Plain items = 1; int64 total = 2; }
message PageRequest { int32 page = 1; int32 page_size = 2; }
message PageOnly { int32 page = 1; }
message PartRequest { optional string after = 1 [(uuid) = true]; }
message SkipRequest { optional int32 skip = 1; }
message AfterAlways { string after = 1 [(uuid) = true]; }
message AfterText { optional string after = 1; }
message SkipPages { int32 page = 1; int32 page_size = 2; }
message PagePart { repeated Plain items = 1; int64 total = 2; bool more = 3; }
message Texts { repeated string items = 1; bool more = 2; }
message Part { repeated Plain items = 1; bool more = 2; }
message TwoLists { repeated Plain items = 1; repeated Plain others = 2; bool more = 3; }
message TextPages { string page = 1; string page_size = 2; }
message Unhidden { string id = 1 [(uuid) = true]; string name = 2 [(phi) = true]; }
message Unsaid { string id = 1 [(uuid) = true]; string name = 2 [debug_redact = true]; }
message OpenSecret { string id = 1 [(uuid) = true]; string word = 2 [(secret) = true]; }
message SecretId { string id = 1 [(uuid) = true, (phi) = true, debug_redact = true]; }
message Pieces { string id = 1 [(uuid) = true]; bytes content = 2; bool last = 3; }
message Endless { bytes content = 1; }
message TwoBodies { bytes content = 1; bytes other = 2; bool last = 3; }
message Nested { string id = 1 [(uuid) = true]; repeated Unhidden parts = 2; }
"""


def line(action, id_="id"):
    return f'option (audit) = {{resource: RESOURCE_CLIENT action: {action} id: "{id_}"}};'


def asking(declared, options, request="Plain", reply="Plain"):
    body = ASK.format(request=request, reply=reply, options=options)
    return declared(f"{MESSAGES} service Asked {{ {body} }}").methods_by_name["Ask"]


UNDECLARED = {
    "nothing": ("", "Plain", "Plain", "declares neither needs nor callers"),
    "who may call it": (LEVEL + LINE, "Plain", "Plain", "declares neither needs nor callers"),
    "whether it has an effect": (NEEDS + LINE, "Plain", "Plain", "declares no idempotency_level"),
    "a line": (LEVEL + NEEDS, "Plain", "Plain", "declares no audit line"),
    "what the line is about": (LEVEL + NEEDS + "option (audit) = {action: ACTION_READ};", "Plain", "Plain", "without resource or action"),
    "what the line says": (LEVEL + NEEDS + "option (audit) = {resource: RESOURCE_USER};", "Plain", "Plain", "without resource or action"),
    "that it is paged": (LEVEL + NEEDS + NO_LINE, "PageRequest", "Page", "takes page and page_size and does not declare"),
    "that it is answered in parts": (LEVEL + NEEDS + NO_LINE, "Plain", "Part", "answers more and does not declare"),
    "that parts are asked for": (LEVEL + NEEDS + NO_LINE, "SkipRequest", "Plain", "takes skip or answers more and does not"),
    "that half of it is paged": (LEVEL + NEEDS + NO_LINE, "PageOnly", "Page", "takes page and does not declare"),
}
CONTRADICTORY = {
    "a line and none": (LEVEL + NEEDS + 'option (audit) = {resource: RESOURCE_USER none: "why"};', "Plain", "Plain", "why there is none"),
    "creates without effect": (LEVEL + NEEDS + line("ACTION_CREATE"), "Plain", "Plain", "ACTION_CREATE and no side effects"),
    "updates without effect": (LEVEL + NEEDS + line("ACTION_UPDATE"), "Plain", "Plain", "ACTION_UPDATE and no side effects"),
    "deletes without effect": (LEVEL + NEEDS + line("ACTION_DELETE"), "Plain", "Plain", "ACTION_DELETE and no side effects"),
    "signs in without effect": (LEVEL + NEEDS + line("ACTION_LOGIN"), "Plain", "Plain", "ACTION_LOGIN and no side effects"),
    "signs out without effect": (LEVEL + NEEDS + line("ACTION_LOGOUT"), "Plain", "Plain", "ACTION_LOGOUT and no side effects"),
    "reads with an effect": (EFFECT + NEEDS + line("ACTION_READ"), "Plain", "Plain", "a read that has an effect"),
    "vital with an effect": (EFFECT + NEEDS + "option (vital) = true;" + NO_LINE, "Plain", "Plain", "is vital and has an effect"),
    "pages with an effect": (EFFECT + NEEDS + PAGED + NO_LINE, "PageRequest", "Page", "is paged and has an effect"),
    "paged without page": (LEVEL + NEEDS + PAGED + LINE, "Plain", "Page", "no int32 page and page_size"),
    "paged by text": (LEVEL + NEEDS + PAGED + NO_LINE, "TextPages", "Page", "no int32 page and page_size"),
    "paged without size": (LEVEL + NEEDS + PAGED + NO_LINE, "PageOnly", "Page", "no int32 page and page_size"),
    "paged without total": (LEVEL + NEEDS + PAGED + NO_LINE, "PageRequest", "Totalless", "no repeated items and int64"),
    "paged with one item": (LEVEL + NEEDS + PAGED + NO_LINE, "PageRequest", "Single", "no repeated items and int64"),
    "parts with an effect": (EFFECT + NEEDS + IN_PARTS + NO_LINE, "PartRequest", "Part", "in parts and has an effect"),
    "parts that are not asked for": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "Plain", "Part", "no optional UUID after"),
    "parts that are always asked for": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "AfterAlways", "Part", "no optional UUID after"),
    "parts after a text": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "AfterText", "Part", "no optional UUID after"),
    "parts of a page": (LEVEL + NEEDS + PAGED + IN_PARTS + NO_LINE, "SkipPages", "PagePart", "no optional int32 skip"),
    "parts of texts": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "PartRequest", "Texts", "its items have no id"),
    "parts without end": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "PartRequest", "Totalless", "no bool more or not one repeated"),
    "parts of two lists": (LEVEL + NEEDS + IN_PARTS + NO_LINE, "PartRequest", "TwoLists", "no bool more or not one repeated"),
    "pieces without effect": (LEVEL + NEEDS + NO_LINE, "stream Pieces", "Plain", "in pieces and has no effect"),
    "pieces without end": (EFFECT + NEEDS + NO_LINE, "stream Endless", "Plain", "no bool last or not one field of bytes"),
    "pieces of nothing": (EFFECT + NEEDS + NO_LINE, "stream Plain", "Plain", "no bool last or not one field of bytes"),
    "pieces of two bodies": (EFFECT + NEEDS + NO_LINE, "stream TwoBodies", "Plain", "no bool last or not one field of bytes"),
    "a reply in pieces": (EFFECT + NEEDS + NO_LINE, "Plain", "stream Pieces", "streams its reply"),
    "PHI shown": (LEVEL + NEEDS + LINE, "Unhidden", "Plain", "Unhidden.name: debug_redact goes with phi or secret"),
    "PHI shown in a part of the reply": (LEVEL + NEEDS + LINE, "Plain", "Nested", "Unhidden.name: debug_redact"),
    "a secret shown": (LEVEL + NEEDS + LINE, "OpenSecret", "Plain", "OpenSecret.word: debug_redact"),
    "hidden for no reason": (LEVEL + NEEDS + LINE, "Plain", "Unsaid", "Unsaid.name: debug_redact"),
    "an id that is PHI": (LEVEL + NEEDS + LINE, "Plain", "SecretId", "SecretId.id: debug_redact"),
    "a line about no field": (LEVEL + NEEDS + line("ACTION_READ", "nothing"), "Plain", "Plain", "no UUID field 'nothing'"),
    "a line about no part": (LEVEL + NEEDS + line("ACTION_READ", "id.part"), "Plain", "Plain", "no UUID field 'id.part'"),
    "a line about a name": (LEVEL + NEEDS + line("ACTION_READ", "reply.name"), "Plain", "Plain", "no UUID field 'name'"),
}


@pytest.mark.parametrize(("options", "request_type", "reply_type", "fault"), UNDECLARED.values(), ids=UNDECLARED)
def test_a_method_that_does_not_declare_this_is_refused(declared, options, request_type, reply_type, fault):
    with pytest.raises(UndeclaredMethod, match=fault):
        read(asking(declared, options, request_type, reply_type))


@pytest.mark.parametrize(("options", "request_type", "reply_type", "fault"), CONTRADICTORY.values(), ids=CONTRADICTORY)
def test_a_method_whose_declarations_contradict_each_other_is_refused(declared, options, request_type, reply_type, fault):
    with pytest.raises(UndeclaredMethod, match=fault):
        read(asking(declared, options, request_type, reply_type))


def test_a_method_that_declares_everything_is_read_as_declared(declared):
    method = read(asking(declared, LEVEL + NEEDS + PAGED + NO_LINE, "PageRequest", "Page"))
    assert (method.writes, method.repeatable, method.paged, method.audited) == (False, True, True, False)

    method = read(asking(declared, EFFECT + NEEDS + line("ACTION_EXPORT")))
    assert (method.writes, method.repeatable, method.paged, method.audited) == (True, False, False, True)

    method = read(asking(declared, EFFECT.replace("IDEMPOTENCY_UNKNOWN", "IDEMPOTENT") + NEEDS + line("ACTION_UPDATE")))
    assert (method.writes, method.repeatable) == (True, True)
    assert method.body is None

    method = read(asking(declared, EFFECT + NEEDS + NO_LINE, "stream Pieces"))
    assert (method.writes, method.body) == (True, "content")


async def test_a_service_with_such_a_method_does_not_start(postgres, declared):
    servicer = SimpleNamespace(SERVICE=asking(declared, NEEDS + LINE).containing_service, Ask=None)
    with pytest.raises(UndeclaredMethod, match="declares no idempotency_level"):
        async with start_environment(postgres, Service("scheduling", metadata, lambda _runtime: [servicer]), relay=False):
            pass


# ---- the suite's own protos


def files():
    for module in pkgutil.walk_packages(caseload.__path__, "caseload."):
        if module.name.endswith("_pb2"):
            yield importlib.import_module(module.name).DESCRIPTOR


def test_every_field_of_the_suite_declares_itself_soundly():
    messages = [message for file in files() for message in file.message_types_by_name.values()]
    assert len(messages) > 100
    assert [name for message in messages for name in field_options.misdeclared(message)] == []


def test_no_event_carries_phi_or_a_secret():
    events = [message for file in files() if file.name.endswith("/events.proto") for message in file.message_types_by_name.values()]
    assert len(events) >= 8
    hidden = [f.full_name for event in events for f in event.fields if field_options.is_phi(f) or field_options.is_secret(f)]
    assert hidden == []


def test_every_method_of_the_suite_is_declared():
    methods = [read(method) for file in files() for service in file.services_by_name.values() for method in service.methods]
    assert len(methods) >= 72
    assert {method.name for method in methods if method.writes and not method.audited} == {
        "ApplyBrokenGlass",
        "ApplyCareTeam",
        "BeginSingleSignOn",
        "CloseUnbooked",
        "CloseUntreated",
        "ConfirmClient",
        "ExchangeApiKey",
        "HoldSlot",
        "IssueInvitation",
        "IssueMagicLink",
        "MoveClient",
        "Refresh",
        "ReleaseHold",
        "RequestMagicLink",
        "RequestPasswordReset",
    }
