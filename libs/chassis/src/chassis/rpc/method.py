"""What a method declares about itself in its proto, read once at boot.

Declared are who may call it, whether it has an effect and may be repeated, whether it is paged and answered in parts,
whether its request comes in pieces (`stream`), whether it has room of its own, and its audit line.
A method that declares too little, or contradicts itself, keeps its service from starting.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from caseload.options.v1 import options_pb2
from chassis.errors import Fault, Invalid
from chassis.paging import page
from chassis.protobuf import field_options

PUBLIC = "public"
SIGNED_IN = "signed-in"
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


class UndeclaredMethod(TypeError):
    """A method whose declarations are missing or contradict each other; its service does not start."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method and its declarations. `path` is its gRPC path, `event_type` its name in the audit trail."""

    path: str
    service: str
    name: str
    event_type: str
    request: type[Message]
    reply: type[Message]
    needs: str
    callers: frozenset[str]
    # The scopes with which it shows or does more.
    more_with: frozenset[str]
    resource: options_pb2.Resource
    action: options_pb2.Action
    audited: bool
    # Whether it has an effect: it honours an Idempotency-Key, and its audit line is written in the effect's transaction.
    writes: bool
    # Whether a failed attempt may be made again unasked: it has no effect, or a second attempt has no further one.
    repeatable: bool
    # Whether it answers with a numbered page.
    paged: bool
    # The repeated field of a reply that is answered in parts; None for a reply that is answered whole.
    items: str | None
    # The field of a request that comes in pieces, which the servicer gets beside the request; None for a request that comes whole.
    body: str | None
    # Whether it is answered although all other room is taken.
    vital: bool
    # The client in the request whose record its caller must be allowed to open; none for what declares `any_client`.
    opened_ids: Callable[[Message], list[str]]
    # The clients that requests and replies name beside the things that are theirs.
    request_clients: Callable[[Message], list[str]]
    reply_clients: Callable[[Message], list[str]]
    request_ids: Callable[[Message], list[str]]
    reply_ids: Callable[[Message], list[str]]
    # Raises Invalid for a malformed id, and for a page out of range.
    check: Callable[[Message], None]

    @property
    def cursor(self) -> str:
        """The request's field that says what the caller has of a list that is answered in parts."""
        return "skip" if self.paged else "after"

    def items_of(self, reply: Any) -> Any:
        """The items of a reply that is answered in parts."""
        assert self.items is not None
        return getattr(reply, self.items)


def read(descriptor: MethodDescriptor) -> Method:
    """The method's declarations; UndeclaredMethod when it lacks one or when two contradict each other."""
    options: Any = descriptor.GetOptions()
    line = options.Extensions[options_pb2.audit]
    for fault in _faults(descriptor, options):
        raise UndeclaredMethod(f"{descriptor.full_name} {fault}")
    of_reply = line.id.startswith("reply.")
    audited, paged = not line.none, options.Extensions[options_pb2.paged]
    return Method(
        path=f"/{descriptor.containing_service.full_name}/{descriptor.name}",
        service=descriptor.containing_service.full_name,
        name=descriptor.name,
        event_type=_snake(descriptor.name),
        request=GetMessageClass(descriptor.input_type),
        reply=GetMessageClass(descriptor.output_type),
        needs=options.Extensions[options_pb2.needs],
        callers=frozenset(options.Extensions[options_pb2.callers]),
        more_with=frozenset(options.Extensions[options_pb2.more_with]),
        resource=line.resource,
        action=line.action,
        audited=audited,
        writes=options.idempotency_level != MethodOptions.NO_SIDE_EFFECTS,
        repeatable=options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN,
        paged=paged,
        items=_repeated(descriptor.output_type)[0] if options.Extensions[options_pb2.in_parts] else None,
        body=_bytes(descriptor.input_type)[0] if descriptor.client_streaming else None,
        vital=options.Extensions[options_pb2.vital],
        opened_ids=_reader(descriptor.input_type, "client_id" if _opens(descriptor) else ""),
        request_clients=_reader(descriptor.input_type, _place_of_clients(descriptor.input_type)),
        reply_clients=_reader(descriptor.output_type, _place_of_clients(descriptor.output_type)),
        request_ids=_reader(descriptor.input_type, "" if of_reply else line.id),
        reply_ids=_reader(descriptor.output_type, line.id.removeprefix("reply.") if of_reply else ""),
        check=_check(descriptor.input_type, paged=paged),
    )


def _faults(descriptor: MethodDescriptor, options: Any) -> Iterable[str]:
    """What is missing from the method's declarations or contradictory in them."""
    if not options.Extensions[options_pb2.needs] and not options.Extensions[options_pb2.callers]:
        yield "declares neither needs nor callers"
    if not options.HasField("idempotency_level"):
        yield "declares no idempotency_level"
    if not options.HasExtension(options_pb2.audit):
        yield "declares no audit line"
    line = options.Extensions[options_pb2.audit]
    if line.none and (line.resource or line.action or line.id):
        yield "declares an audit line and why there is none"
    if not line.none and not (line.resource and line.action):
        yield "declares an audit line without resource or action"
    reads = options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
    if reads and _always_has_effect(line.action):
        yield f"declares {options_pb2.Action.Name(line.action)} and no side effects"
    if not reads and line.action == options_pb2.ACTION_READ:
        yield "declares a read that has an effect; the action is the effect's"
    if options.Extensions[options_pb2.any_client] and not _names_client(descriptor.input_type):
        yield "says why any client may be named, and names none"
    if options.Extensions[options_pb2.vital] and not reads:
        yield "is vital and has an effect"
    yield from _faults_of_paging(descriptor, reads=reads, paged=options.Extensions[options_pb2.paged])
    in_parts, paged = options.Extensions[options_pb2.in_parts], options.Extensions[options_pb2.paged]
    yield from _faults_of_parts(descriptor, reads=reads, paged=paged, in_parts=in_parts)
    yield from _faults_of_pieces(descriptor, reads=reads)
    for field in (*field_options.misdeclared(descriptor.input_type), *field_options.misdeclared(descriptor.output_type)):
        yield f"carries {field}: debug_redact goes with phi or secret, and neither with uuid"


def _opens(descriptor: MethodDescriptor) -> bool:
    options: Any = descriptor.GetOptions()
    return _names_client(descriptor.input_type) and not options.Extensions[options_pb2.any_client]


def _place_of_clients(descriptor: Descriptor) -> str:
    """Where the message, or each of its items, names the client whose it is; empty where nothing does."""
    if _names_client(descriptor):
        return "client_id"
    for name, field in descriptor.fields_by_name.items():
        if field.message_type is not None and _names_client(field.message_type):
            return f"{name}.client_id"
    return ""


def _names_client(descriptor: Descriptor) -> bool:
    """Whether it has the id of a client of the practice; clients of OpenID providers have ids too."""
    field = descriptor.fields_by_name.get("client_id")
    return field is not None and field_options.is_uuid_field(field)


def _always_has_effect(action: int) -> bool:
    options: Any = options_pb2.Action.DESCRIPTOR.values_by_number[action].GetOptions()
    return bool(options.Extensions[options_pb2.always_has_effect])


def _faults_of_paging(descriptor: MethodDescriptor, *, reads: bool, paged: bool) -> Iterable[str]:
    request, reply = descriptor.input_type.fields_by_name, descriptor.output_type.fields_by_name
    asks = [name for name in ("page", "page_size") if name in request and request[name].type == FieldDescriptor.TYPE_INT32]
    if not paged:
        if asks:
            yield f"takes {' and '.join(asks)} and does not declare that it is paged"
        return
    if not reads:
        yield "is paged and has an effect"
    if len(asks) < 2:
        yield "is paged, but its request has no int32 page and page_size"
    items, total = reply.get("items"), reply.get("total")
    if items is None or not items.is_repeated or total is None or total.type != FieldDescriptor.TYPE_INT64:
        yield "is paged, but its reply has no repeated items and int64 total"


def _faults_of_parts(descriptor: MethodDescriptor, *, reads: bool, paged: bool, in_parts: bool) -> Iterable[str]:
    fields, more = descriptor.input_type.fields_by_name, descriptor.output_type.fields_by_name.get("more")
    skip, after = fields.get("skip"), fields.get("after")
    if not in_parts:
        if skip is not None or more is not None:
            yield "takes skip or answers more and does not declare that it is answered in parts"
        return
    if not reads:
        yield "is answered in parts and has an effect"
    if paged and (skip is None or skip.type != FieldDescriptor.TYPE_INT32 or not skip.has_presence):
        yield "is paged and answered in parts, but its request has no optional int32 skip"
    if not paged and (after is None or not field_options.is_uuid_field(after) or not after.has_presence):
        yield "is answered in parts, but its request has no optional UUID after"
    items = _repeated(descriptor.output_type)
    if more is None or more.type != FieldDescriptor.TYPE_BOOL or len(items) != 1:
        yield "is answered in parts, but its reply has no bool more or not one repeated field"
        return
    item = descriptor.output_type.fields_by_name[items[0]].message_type
    if item is None or "id" not in item.fields_by_name:
        yield "is answered in parts, but its items have no id"


def _faults_of_pieces(descriptor: MethodDescriptor, *, reads: bool) -> Iterable[str]:
    if descriptor.server_streaming:
        yield "streams its reply, which nothing here can do"
    if not descriptor.client_streaming:
        return
    if reads:
        yield "takes a request in pieces and has no effect"
    last = descriptor.input_type.fields_by_name.get("last")
    if last is None or last.type != FieldDescriptor.TYPE_BOOL or len(_bytes(descriptor.input_type)) != 1:
        yield "takes a request in pieces, but it has no bool last or not one field of bytes"


def _bytes(descriptor: Descriptor) -> list[str]:
    return [field.name for field in descriptor.fields if field.type == FieldDescriptor.TYPE_BYTES]


def _repeated(descriptor: Descriptor) -> list[str]:
    return [field.name for field in descriptor.fields if field.is_repeated]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _reader(descriptor: Descriptor, path: str) -> Callable[[Message], list[str]]:
    """Reads the ids at a dotted path; UndeclaredMethod when it does not lead to a field that is marked as a UUID."""
    if not path:
        return lambda _message: []
    steps = path.split(".")
    here: Descriptor | None = descriptor
    field: FieldDescriptor | None = None
    for step in steps:
        field = None if here is None else here.fields_by_name.get(step)
        here = None if field is None else field.message_type
    if field is None or not field_options.is_uuid_field(field):
        raise UndeclaredMethod(f"{descriptor.full_name} has no UUID field {path!r}, which an audit line names")

    if len(steps) == 2 and descriptor.fields_by_name[steps[0]].is_repeated and not field.is_repeated:
        # A list may be long.
        items, id_of = attrgetter(steps[0]), attrgetter(steps[1])
        return lambda message: list(filter(None, map(id_of, items(message))))

    def ids(message: Message) -> list[str]:
        found: Iterable[Any] = [message]
        for step in steps:
            values = (getattr(item, step) for item in found)
            found = [v for value in values for v in (value if _is_many(value) else [value])]
        return [value for value in found if value]

    return ids


def _is_many(value: object) -> bool:
    return not isinstance(value, str | Message)


def _check(descriptor: Descriptor, *, paged: bool) -> Callable[[Message], None]:
    """Refuses malformed ids and pages out of range, so that the database never sees one."""
    fields = [(field.name, field.is_repeated) for field in descriptor.fields if field_options.is_uuid_field(field)]
    optional = {f.name for f in descriptor.fields if f.has_presence and f.type == FieldDescriptor.TYPE_STRING}

    def check(message: Message) -> None:
        faults = []
        for name, many in fields:
            if not many and name in optional and not message.HasField(name):
                continue
            value = getattr(message, name)
            if not all(map(is_uuid_text, value)) if many else not is_uuid_text(value):
                faults.append(Fault(f"/{name}", "is not a UUID"))
        if faults:
            raise Invalid("malformed_id", "An id is not a UUID.", faults=faults)
        if paged:
            page(message)

    return check


def is_uuid_text(text: str) -> bool:
    """Whether the text is a UUID in its canonical form (RFC 9562 section 4). Python's own reading takes more than the database's."""
    return _UUID.fullmatch(text) is not None
