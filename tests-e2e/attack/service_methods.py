"""Every method of every service from its descriptor, valid requests for them, and a channel that sends raw bytes."""

import importlib
import itertools
import pkgutil
from datetime import UTC, datetime, timedelta

import grpc
from google.protobuf.descriptor import FieldDescriptor
from uuid_utils.compat import uuid7

import caseload
from attack.canaries import canary, kind_of
from attack.pictures import photograph
from caseload.clients.v1 import care_teams_pb2, consents_pb2
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.notifications.v1 import alerts_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import availability_pb2, series_pb2
from chassis.rpc.method import read
from chassis.rpc.transport import LARGEST_MESSAGE, LARGEST_REFUSAL

_slots = itertools.count(1)
# Lists of ids that may as well be empty.
NOT_NEEDED = {"merged_ids"}
# Fields that are no part of what a mask names.
ALWAYS = {"created_at_client"}


def methods():
    """Every declared method of every service."""
    for module in pkgutil.walk_packages(caseload.__path__, "caseload."):
        if module.name.endswith("_pb2"):
            for service in importlib.import_module(module.name).DESCRIPTOR.services_by_name.values():
                yield from map(read, service.methods)


def service_of(method):
    """A service that answers the method; jobs are answered by the service that does them, and what clients tells by all that it is told to."""
    package = method.service.split(".")[1]
    return {"jobs": "clients", "access": "clinical", "moves": "scheduling"}.get(package, package)


def phi_fields(method):
    """The fields of the request that are marked as PHI and can hold a canary: a score and a code have a form of their own.

    Raises AssertionError for a nested message with PHI that is not marked itself, which is not searched.
    """
    descriptor = method.request.DESCRIPTOR
    for field in descriptor.fields:
        if _is_nested(field) and _holds_phi(field.message_type) and not field.GetOptions().Extensions[options_pb2.phi]:
            raise AssertionError(f"{descriptor.full_name}.{field.name} is a nested message, whose PHI fields would be missed")
    phi = [field for field in descriptor.fields if field.GetOptions().Extensions[options_pb2.phi]]
    return [field for field in phi if field.type != FieldDescriptor.TYPE_DOUBLE and field.name != "diagnosis_code"]


def _is_nested(field):
    return field.type == FieldDescriptor.TYPE_MESSAGE and field.message_type.full_name.startswith("caseload.")


def _holds_phi(descriptor):
    return any(
        field.GetOptions().Extensions[options_pb2.phi] or (_is_nested(field) and _holds_phi(field.message_type))
        for field in descriptor.fields
    )


def request_with_canaries(method, ids, **but):
    """A valid request with a canary in every PHI field, for the resources with these ids; and the canaries by field."""
    canaries = {field.name: canary(kind_of(field.name)) for field in phi_fields(method)}
    request = method.request()
    now = datetime.now(UTC)
    start = now + timedelta(days=400, hours=next(_slots))
    plain = {
        "scheduled_start": start,
        "scheduled_end": start + timedelta(minutes=30),
        "rrule": "FREQ=DAILY;COUNT=1",
        "first_start": start.replace(microsecond=0),
        "duration_minutes": 30,
        "on_conflict": series_pb2.ON_CONFLICT_FAIL,
        "scope": series_pb2.SERIES_SCOPE_ALL,
        "session_date": now,
        "created_at_client": now,
        "location_type": 1,
        "password": "a guess",
        # Of a request that comes in pieces, and is sent as one.
        "last": True,
        "role": users_pb2.ROLE_THERAPIST,
        "review": care_teams_pb2.REVIEW_JUSTIFIED,
        "name": "Lakeside",
        "purpose": consents_pb2.CONSENT_PURPOSE_EXPORT,
        "kind": workspaces_pb2.WORKSPACE_KIND_PRACTICE,
        "time_zone": "UTC",
        "locale": "en",
        "priority": alerts_pb2.ALERT_PRIORITY_LOW,
        "alert_type": "medical",
        **but,
    }
    for field in method.request.DESCRIPTOR.fields:
        name, options = field.name, field.GetOptions()
        if name in canaries:
            _set_canary(request, field, canaries[name])
        elif (
            name in but
            or name in ALWAYS
            or (
                name in plain
                and _fits(field, plain[name])
                and not (field.has_presence and "mask" in method.request.DESCRIPTOR.fields_by_name)
            )
        ):
            _set(request, field, plain[name])
        elif name == "mask":
            request.mask.paths.extend(canaries.keys() - {"reason"})
        elif options.Extensions[options_pb2.uuid] and not field.has_presence and name not in NOT_NEEDED:
            _set(request, field, ids[name])
    return request, canaries


def _set_canary(request, field, text):
    if is_struct(field):
        request.record.update(patient(text))
    elif field.type == FieldDescriptor.TYPE_BYTES:
        is_file_of_clients = "mapping" in request.DESCRIPTOR.fields_by_name
        content = f"first_name,last_name\n{text},{text}\n".encode() if is_file_of_clients else photograph(text)
        setattr(request, field.name, content)
    elif field.is_repeated:
        getattr(request, field.name).append(part_with(field, text))
    else:
        setattr(request, field.name, text)


def part_with(field, text):
    """What a list holds that says the text: the text, or a day on which somebody is off."""
    if not _is_nested(field):
        return text
    return availability_pb2.AvailabilityException(date="2031-03-04", kind=availability_pb2.EXCEPTION_KIND_OFF, note=text)


def is_struct(field):
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Struct"


def patient(text):
    """The record of a patient that has the text wherever it may."""
    return {"patientID": text, "name": text, "age": 36, "gender": "Other", "medicalCondition": text, "lastVisit": "2026-11-02"}


def _fits(field, value):
    """Whether a field that bears the name of a sample is of its type."""
    return field.type != FieldDescriptor.TYPE_STRING or isinstance(value, str)


def _set(request, field, value):
    if field.is_repeated:
        getattr(request, field.name).extend([value] if isinstance(value, str) else value)
    elif isinstance(value, datetime):
        getattr(request, field.name).FromDatetime(value)
    else:
        setattr(request, field.name, value)


class RawChannel:
    """A gRPC channel to a service that sends raw bytes, so that invalid messages can be sent."""

    def __init__(self, address):
        options = (
            ("grpc.max_send_message_length", LARGEST_MESSAGE),
            ("grpc.max_receive_message_length", LARGEST_MESSAGE),
            ("grpc.max_metadata_size", LARGEST_REFUSAL),
            ("grpc.absolute_max_metadata_size", LARGEST_REFUSAL),
        )
        self._channel = grpc.aio.insecure_channel(address, options=options)

    async def ask(self, method, request, token=None, **metadata):
        """Calls a method. Returns the status, the reply in bytes, and details and trailers as one text."""
        raw = request if isinstance(request, bytes) else request.SerializeToString()
        pairs = [("x-request-id", str(uuid7()))] + [(name.replace("_", "-"), value) for name, value in metadata.items()]
        if token:
            pairs.append(("authorization", f"Bearer {token}"))
        call = self._channel.unary_unary(method.path)(raw, timeout=20, metadata=pairs)
        try:
            return grpc.StatusCode.OK, await call, ""
        except grpc.aio.AioRpcError as error:
            trailers = " ".join(f"{name}={value!r}" for name, value in error.trailing_metadata() or ())
            return error.code(), b"", f"{error.details()} {trailers}"

    async def close(self):
        await self._channel.close()
