"""What a method declares about itself in its proto, read once at boot: who may call it and what line it leaves."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from caseload.options.v1 import options_pb2
from chassis.errors import Fault, Invalid

PUBLIC = "public"
SIGNED_IN = "signed-in"
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_WRITES = frozenset({options_pb2.ACTION_CREATE, options_pb2.ACTION_UPDATE, options_pb2.ACTION_DELETE})
_KEPT_WITH_THE_EFFECT = _WRITES | {options_pb2.ACTION_LOGIN, options_pb2.ACTION_LOGOUT}


class UndeclaredMethod(TypeError):
    """A method that does not say who may call it and what line it leaves; the service does not start."""


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
    resource: options_pb2.Resource
    action: options_pb2.Action
    audited: bool
    # Whether the line is written in the effect's own transaction.
    writes: bool
    # Whether asking twice may have two effects, so that a failed attempt is not tried again unasked.
    repeatable: bool
    request_ids: Callable[[Message], list[str]]
    reply_ids: Callable[[Message], list[str]]
    check: Callable[[Message], None]


def read(descriptor: MethodDescriptor) -> Method:
    """The method's declarations; UndeclaredMethod when it lacks one."""
    options: Any = descriptor.GetOptions()
    needs: str = options.Extensions[options_pb2.needs]
    callers = frozenset(options.Extensions[options_pb2.callers])
    if not needs and not callers:
        raise UndeclaredMethod(f"{descriptor.full_name} declares neither needs nor callers")
    if not options.HasExtension(options_pb2.audit):
        raise UndeclaredMethod(f"{descriptor.full_name} declares no audit line")
    line = options.Extensions[options_pb2.audit]
    audited = not line.none
    if audited and not (line.resource and line.action):
        raise UndeclaredMethod(f"{descriptor.full_name} declares an audit line without resource or action")
    of_reply = line.id.startswith("reply.")
    return Method(
        path=f"/{descriptor.containing_service.full_name}/{descriptor.name}",
        service=descriptor.containing_service.full_name,
        name=descriptor.name,
        event_type=_snake(descriptor.name),
        request=GetMessageClass(descriptor.input_type),
        reply=GetMessageClass(descriptor.output_type),
        needs=needs,
        callers=callers,
        resource=line.resource,
        action=line.action,
        audited=audited,
        writes=audited and line.action in _KEPT_WITH_THE_EFFECT,
        repeatable=line.action == options_pb2.ACTION_READ or descriptor.name.startswith(("Get", "List", "Check")),
        request_ids=_reader(descriptor.input_type, "" if of_reply else line.id),
        reply_ids=_reader(descriptor.output_type, line.id.removeprefix("reply.") if of_reply else ""),
        check=_id_check(descriptor.input_type),
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _reader(descriptor: Descriptor, path: str) -> Callable[[Message], list[str]]:
    """Reads the ids at a dotted path; a path that names no field is a fault found at boot."""
    if not path:
        return lambda _message: []
    steps = path.split(".")
    here: Descriptor | None = descriptor
    for step in steps:
        if here is None or step not in here.fields_by_name:
            raise UndeclaredMethod(f"{descriptor.full_name} has no field {path!r}, which an audit line names")
        here = here.fields_by_name[step].message_type

    def ids(message: Message) -> list[str]:
        found: Iterable[Any] = [message]
        for step in steps:
            values = (getattr(item, step) for item in found)
            found = [v for value in values for v in (value if _is_many(value) else [value])]
        return [value for value in found if value]

    return ids


def _is_many(value: object) -> bool:
    return not isinstance(value, str | Message)


def _id_check(descriptor: Descriptor) -> Callable[[Message], None]:
    """Refuses malformed ids, so that the database never sees one."""
    declared: list[tuple[FieldDescriptor, Any]] = [(field, field.GetOptions()) for field in descriptor.fields]
    fields = [(field.name, field.is_repeated) for field, options in declared if options.Extensions[options_pb2.uuid]]
    optional = {f.name for f in descriptor.fields if f.has_presence and f.type == FieldDescriptor.TYPE_STRING}

    def check(message: Message) -> None:
        faults = []
        for name, many in fields:
            if not many and name in optional and not message.HasField(name):
                continue
            value = getattr(message, name)
            if not all(map(is_uuid, value)) if many else not is_uuid(value):
                faults.append(Fault(f"/{name}", "is not a UUID"))
        if faults:
            raise Invalid("malformed_id", "An id is not a UUID.", faults=faults)

    return check


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID in its canonical form (RFC 9562 section 4). Python's own reading takes more than the database's."""
    return _UUID.fullmatch(text) is not None
