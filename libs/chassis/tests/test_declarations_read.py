"""What the server knows of a method from its declarations, on methods of the suite's own protos."""

from uuid import UUID

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from caseload.identity.v1 import sign_in_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.errors import Invalid
from chassis.rpc.method import PUBLIC, SIGNED_IN, UndeclaredMethod, is_uuid_text, read

ONE, TWO = (str(UUID(int=number)) for number in (1, 2))


def method(name):
    return read(pb.DESCRIPTOR.services_by_name["Appointments"].methods_by_name[name])


def declared(name, called="GetThing", **but):
    """A method of a proto made up for the test, with sound declarations but for what the test is about."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=name, syntax="proto3")
    file.dependency.append(options_pb2.DESCRIPTOR.name)
    message = file.message_type.add(name="Thing")
    field = message.field.add(name="id", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
    field.options.Extensions[options_pb2.uuid] = True
    added = file.service.add(name="Things").method.add(name=called, input_type=f".{name}.Thing", output_type=f".{name}.Thing")
    said = {
        "needs": "things:read",
        "callers": [],
        "more_with": [],
        "resource": 1,
        "action": options_pb2.ACTION_READ,
        "id": "id",
        "none": "",
        **but,
    }
    options = added.options
    if hasattr(options, "idempotency_level"):
        options.idempotency_level = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    options.Extensions[options_pb2.needs] = said["needs"]
    options.Extensions[options_pb2.callers].extend(said["callers"])
    options.Extensions[options_pb2.more_with].extend(said["more_with"])
    if said["none"] is not None:
        line = {part: said[part] for part in ("resource", "action", "id", "none")}
        options.Extensions[options_pb2.audit].CopyFrom(options_pb2.AuditLine(**line))
    descriptor_pool.Default().Add(file)
    return descriptor_pool.Default().FindServiceByName(f"{name}.Things").methods_by_name[called]


def test_a_method_is_known_by_its_path_its_name_and_what_it_takes_and_gives():
    found = method("GetAppointment")
    assert found.path == "/caseload.scheduling.v1.Appointments/GetAppointment"
    assert (found.service, found.name, found.event_type) == ("caseload.scheduling.v1.Appointments", "GetAppointment", "get_appointment")
    assert (found.request, found.reply) == (pb.GetAppointmentRequest, pb.Appointment)
    assert (found.needs, found.callers) == ("appointments:read", frozenset())
    assert (found.resource, found.action) == (options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_READ)
    assert method("GetSlot").callers == {"clinical", "notifications"}
    assert found.more_with == frozenset()


def test_a_method_says_with_which_scopes_it_shows_more():
    assert read(declared("more", more_with=["things:secrets"])).more_with == {"things:secrets"}


@pytest.mark.parametrize(
    ("name", "audited", "writes", "repeatable"),
    [
        ("GetAppointment", True, False, True),
        ("ListAppointments", True, False, True),
        ("CheckConflicts", True, False, True),
        ("GetSlot", False, False, True),
        ("BookAppointment", True, True, False),
        ("ChangeAppointment", True, True, False),
    ],
)
def test_a_method_is_on_record_has_an_effect_or_may_be_tried_again_as_it_declares(name, audited, writes, repeatable):
    found = method(name)
    assert (found.audited, found.writes, found.repeatable) == (audited, writes, repeatable)


@pytest.mark.parametrize("called", ["GetThing", "ListThings", "CheckThing"])
def test_what_only_looks_may_be_tried_again_though_it_leaves_no_line(called):
    found = read(declared(f"looking_{called.lower()}", called=called, resource=0, action=0, id="", none="nobody's data"))
    assert (found.audited, found.repeatable) == (False, True)


def test_anybody_is_public_and_somebody_is_signed_in():
    """The words of the protos."""
    assert (PUBLIC, SIGNED_IN) == ("public", "signed-in")


@pytest.mark.parametrize("name", ["Login", "Logout", "VerifyMagicLink"])
def test_the_line_of_a_sign_in_is_kept_with_its_effect(name):
    found = read(sign_in_pb2.DESCRIPTOR.services_by_name["SignIn"].methods_by_name[name])
    assert (found.audited, found.writes) == (True, True)


def test_the_ids_of_a_line_are_read_from_where_it_says():
    item = pb.Appointment(id=ONE)
    assert method("GetAppointment").request_ids(pb.GetAppointmentRequest(appointment_id=ONE)) == [ONE]
    assert method("GetAppointment").reply_ids(item) == []
    assert method("BookAppointment").request_ids(pb.BookAppointmentRequest(client_id=TWO)) == []
    assert method("BookAppointment").reply_ids(item) == [ONE]
    assert method("ListAppointments").reply_ids(pb.AppointmentPage(items=[item, pb.Appointment(id=TWO), pb.Appointment()])) == [ONE, TWO]
    assert method("GetSlot").request_ids(pb.GetSlotRequest(appointment_id=ONE)) == []
    login = read(sign_in_pb2.DESCRIPTOR.services_by_name["SignIn"].methods_by_name["Login"])
    assert login.reply_ids(sign_in_pb2.SignInReply(user_id=TWO)) == [TWO]


@pytest.mark.parametrize(
    ("name", "but", "why"),
    [
        ("nobody", {"needs": ""}, "neither needs nor callers"),
        ("no_line", {"none": None}, "no audit line"),
        ("no_action", {"action": 0}, "without resource or action"),
        ("no_resource", {"resource": 0}, "without resource or action"),
        ("no_such_field", {"id": "it"}, "'it'"),
        ("beyond_a_text", {"id": "id.id"}, "'id.id'"),
        ("no_such_field_of_the_reply", {"id": "reply.it"}, "'it'"),
    ],
)
def test_what_is_not_declared_soundly_is_refused_at_boot(name, but, why):
    with pytest.raises(UndeclaredMethod, match=f"{name}.Thing.*{why}"):
        read(declared(name, **but))


def test_a_service_alone_may_be_let_in_and_a_line_may_be_left_out():
    found = read(declared("for_services", needs="", callers=["audit"], resource=0, action=0, id="", none="nobody's data"))
    assert (found.needs, found.callers, found.audited, found.writes) == ("", {"audit"}, False, False)


def refused(name, request):
    with pytest.raises(Invalid) as refusal:
        method(name).check(request)
    assert refusal.value.code == "malformed_id"
    return [fault.pointer for fault in refusal.value.faults]


def test_an_id_that_is_none_is_refused_by_its_name_and_one_left_out_only_where_it_has_to_be_there():
    assert refused("GetAppointment", pb.GetAppointmentRequest()) == ["/appointment_id"]
    assert refused("ListAppointments", pb.ListAppointmentsRequest(client_id="x", practitioner_id="")) == ["/client_id", "/practitioner_id"]
    assert refused("ListAppointments", pb.ListAppointmentsRequest(client_id=ONE, practitioner_id="y")) == ["/practitioner_id"]
    assert refused("GetFigures", pb.GetFiguresRequest(client_ids=[ONE, "x"])) == ["/client_ids"]
    method("GetAppointment").check(pb.GetAppointmentRequest(appointment_id=ONE))
    method("ListAppointments").check(pb.ListAppointmentsRequest(client_id=TWO))
    method("GetFigures").check(pb.GetFiguresRequest(client_ids=[ONE, TWO]))
    method("GetFigures").check(pb.GetFiguresRequest())


@pytest.mark.parametrize(
    "text", ["", "x", ONE[1:], f"{ONE}0", ONE.replace("-", ""), f"{{{ONE}}}", f"urn:uuid:{ONE}", f"{ONE}\n", ONE.replace("0", "g", 1)]
)
def test_only_the_canonical_form_is_an_id(text):
    assert not is_uuid_text(text)
    assert is_uuid_text(ONE)
    assert is_uuid_text("0198C0DE-abcd-7000-8000-00000000ABCD")


def test_a_page_out_of_range_is_refused_of_methods_that_are_paged():
    with pytest.raises(Invalid) as refused:
        method("ListAppointments").check(pb.ListAppointmentsRequest(page=-1, page_size=101))
    assert [fault.pointer for fault in refused.value.faults] == ["/page", "/page_size"]
    method("ListAppointments").check(pb.ListAppointmentsRequest(page=2, page_size=100))


def test_a_list_in_parts_goes_on_where_its_caller_is():
    paged = method("ListAppointments")
    whole = read(sign_in_pb2.DESCRIPTOR.services_by_name["SignIn"].methods_by_name["ListLoginSessions"])
    assert (paged.cursor, whole.cursor) == ("skip", "after")
    page = pb.AppointmentPage(items=[pb.Appointment(id=ONE)])
    assert [item.id for item in paged.items_of(page)] == [ONE]
