"""The routes of `/patients`. What json-server answers with a status and an empty object is answered so here; everything else that is refused is a problem."""

from collections.abc import Awaitable
from json import JSONDecodeError
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import orjson
from fastapi import Depends, Request
from pydantic import Field, TypeAdapter, ValidationError
from starlette.responses import Response

from caseload.clients.v1 import patients_pb2 as pb
from chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from gateway.api.fields import JsonObject, Schema
from gateway.auth.dependencies import SignedInRequest, signed_in
from gateway.compat.patients import queries
from gateway.compat.patients.responses import respond
from gateway.problems.responses import BadRequest
from gateway.request import GatewayRequest
from gateway.routing.json_body import read_json
from gateway.routing.nouns import noun_router

T = TypeVar("T")
router = noun_router("/patients", "patients", root="")

_record = TypeAdapter(JsonObject)
_NOTHING = b"{}"
# What a URL consists of (RFC 3986, section 2), escapes included.
_SAFE = "!#$%&'()*+,/:;=?@[]~"


class Patient(Schema):
    id: int | str
    patient_id: Annotated[str, Field(alias="patientID")]
    name: str
    age: Annotated[int, Field(gt=0)]
    gender: Annotated[str, Field(description="Male, Female, Other or Unknown, in any case.")]
    medical_condition: Annotated[str, Field(alias="medicalCondition")]
    last_visit: Annotated[str, Field(alias="lastVisit", description="YYYY-MM-DD.")]


_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}}
}


async def _of_the_workspace(http: Request) -> GatewayRequest:
    """The door is open for one workspace, and for others there is none."""
    request = await signed_in(http)
    if request.caller.workspace_id != http.app.state.settings.patients_workspace:
        raise NotFound("not_found", "There is nothing here.")
    return request


PatientsRequest = Annotated[GatewayRequest, Depends(_of_the_workspace)]


@router.get("", response_model=list[Patient])
@router.head("", include_in_schema=False)
async def list_patients(http: Request, request: PatientsRequest) -> Response:
    """All of them, or those that json-server's query asks for: fields, `_ne`, `_gte`, `_lte`, `_like`, `q`, `_sort`, `_order`, `_page`, `_limit`, `_start`, `_end`."""
    query = queries.read(http.scope["query_string"])
    reply = await _answer(request, request.stubs.patients.ListPatients(query.message, request.context))
    headers = {}
    if query.counted:
        headers["x-total-count"] = str(reply.total)
    if query.page is not None:
        headers["link"] = query.links(_url(http), reply.total)
    return respond(request, b"[" + b",".join(item.record for item in reply.items) + b"]", headers=headers)


@router.post("", response_model=Patient, status_code=201, openapi_extra=_BODY)
async def create_patient(http: Request, request: PatientsRequest) -> Response:
    message = _message(pb.CreatePatientRequest(), await _body(http))
    patient = await _answer(request, request.stubs.patients.CreatePatient(message, request.context))
    location = f"{_url(http)}/{orjson.loads(patient.record)['id']}"
    return respond(request, patient.record, 201, {"location": quote(location, safe=_SAFE)})


@router.get("/{patient_id}", response_model=Patient)
@router.head("/{patient_id}", include_in_schema=False)
async def get_patient(patient_id: str, request: PatientsRequest) -> Response:
    return await _one(request, request.stubs.patients.GetPatient(pb.GetPatientRequest(patient_id=patient_id), request.context))


@router.put("/{patient_id}", response_model=Patient, openapi_extra=_BODY)
async def replace_patient(patient_id: str, http: Request, request: PatientsRequest) -> Response:
    return await _update(patient_id, http, request, partial=False)


@router.patch("/{patient_id}", response_model=Patient, openapi_extra=_BODY)
async def change_patient(patient_id: str, http: Request, request: PatientsRequest) -> Response:
    return await _update(patient_id, http, request, partial=True)


@router.delete("/{patient_id}")
async def remove_patient(patient_id: str, request: PatientsRequest) -> Response:
    """Deactivates the client; the record is kept."""
    try:
        await _answer(request, request.stubs.patients.RemovePatient(pb.RemovePatientRequest(patient_id=patient_id), request.context))
    except NotFound:
        return respond(request, _NOTHING, 404)
    return respond(request, _NOTHING)


@router.api_route("", methods=["PUT", "PATCH", "DELETE"], include_in_schema=False)
@router.api_route("/{_patient_id}", methods=["POST"], include_in_schema=False)
async def refuse_method(request: SignedInRequest) -> Response:
    return respond(request, _NOTHING, 404)


async def _update(patient_id: str, http: Request, request: GatewayRequest, *, partial: bool) -> Response:
    message = _message(pb.UpdatePatientRequest(patient_id=patient_id, partial=partial), await _body(http))
    return await _one(request, request.stubs.patients.UpdatePatient(message, request.context))


async def _one(request: GatewayRequest, asked: Awaitable[pb.Patient]) -> Response:
    try:
        return respond(request, (await _answer(request, asked)).record)
    except NotFound:
        return respond(request, _NOTHING, 404)


async def _answer(request: GatewayRequest, asked: Awaitable[T]) -> T:
    """The reply. What is not valid is a bad request here."""
    try:
        reply = await asked
    except Invalid as refusal:
        raise BadRequest(refusal.code, refusal.message, faults=refusal.faults) from None
    except Conflict as refusal:
        if refusal.code != "external_id_taken":
            raise
        raise Conflict("external_id_taken", "Another patient or client has this patientID; it may be one who was deleted.") from None
    if not request.has_scope("clients:phi"):
        # The service refuses them; an answer that it has kept may be of when they had the scope.
        raise Forbidden("client_phi_not_permitted", "Your role does not permit this.", facts={"fields": ["medicalCondition"]})
    return reply


async def _body(http: Request) -> dict[str, Any]:
    """The JSON object of the request. Raises BadRequest for anything else."""
    media_type = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise _unfit("The body should be JSON, and its Content-Type application/json.")
    try:
        return _record.validate_python(read_json(await http.body()), strict=True)
    except JSONDecodeError as error:
        raise _unfit(f"The body cannot be read as JSON: {error.msg}.") from None
    except ValidationError:
        raise _unfit("The body should be a JSON object whose texts and numbers can be kept as they are.") from None


def _message(message: T, record: dict[str, Any]) -> T:
    into: Any = message
    into.record.update(record)
    into.record.SetInParent()
    return message


def _url(http: Request) -> str:
    """The address as it was asked for, with its query."""
    query = http.scope["query_string"].decode("latin-1")
    path = http.scope.get("raw_path", http.scope["path"].encode()).decode("latin-1").partition("?")[0]
    return f"{http.scope['scheme']}://{http.headers.get('host', '')}{path}{f'?{query}' if query else ''}"


def _unfit(detail: str) -> BadRequest:
    return BadRequest("validation_failed", "The request does not fit; `errors` says where.", faults=[Fault("", detail)])
