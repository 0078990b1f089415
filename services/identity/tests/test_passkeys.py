"""Passkeys: registered, asked for, good alone and as a second step, used once, copied, removed."""

import asyncio
from uuid import UUID

import jwt
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import events_pb2, second_factors_pb2, sign_in_pb2, users_pb2, workspaces_pb2
from caseload.identity.v1 import passkeys_pb2 as pb
from chassis import base64url
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from identity.second_factors.workflow import remove_for_operator
from standalone.selftest.software_authenticator import BACKED_UP, BACKUP_ELIGIBLE, USER_PRESENT, USER_VERIFIED, SoftPasskey

ORIGIN = "http://localhost:8000"


def claims(signed_in):
    return jwt.decode(signed_in.access_token, options={"verify_signature": False})


async def refused_code(awaitable, kind=Unauthenticated):
    with pytest.raises(kind) as refused:
        await awaitable
    return refused.value.code


# --- registered ---


async def test_a_passkey_is_registered_listed_renamed_and_removed(service, practice):
    user, caller = practice.administrator, await service.signed_in(practice.administrator)
    options = await service.creation_options(caller)

    assert options["rp"] == {"id": "localhost", "name": "Caseload"}
    assert options["user"]["name"] == user.email
    assert base64url.decode(options["user"]["id"]) == user.workspace_id.bytes + user.id.bytes
    assert options["attestation"] == "none"
    assert options["excludeCredentials"] == []
    made = await service.register(SoftPasskey.of(options).attest(options, ORIGIN), caller, name="  Phone ")
    assert (made.name, made.HasField("last_used_at")) == ("Phone", False)
    await service.passkey_of(user, caller)
    assert len((await service.creation_options(caller))["excludeCredentials"]) == 2

    renamed = await service.passkeys.RenamePasskey(pb.RenamePasskeyRequest(passkey_id=made.id, name="Old phone"), caller)
    assert renamed.passkey.name == "Old phone"
    listed = await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)
    assert [passkey.name for passkey in listed.items] == ["Old phone", "Phone"]
    await service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=made.id), caller)
    assert len((await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items) == 1

    added, removed = events_pb2.SECURITY_NOTICE_PASSKEY_ADDED, events_pb2.SECURITY_NOTICE_PASSKEY_REMOVED
    assert await service.notices(user) == [added, added, removed]
    for event_type in ("finish_passkey_registration", "rename_passkey", "remove_passkey"):
        line = (await service.lines(event_type, user.workspace_id, audit.OUTCOME_SUCCESS))[0]
        assert (line.resource_id, line.facts["passkey_id"]) == (str(user.id), made.id)


async def test_passkeys_of_others_are_not_found(service, practice, hospital):
    colleague = await practice.add_user("therapist")
    mine = await service.signed_in(practice.administrator)
    await service.passkey_of(practice.administrator, mine)
    passkey_id = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), mine)).items[0].id
    for other in (colleague, hospital.administrator):
        caller = await service.signed_in(other)
        assert not (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
        for refused in (
            service.passkeys.RenamePasskey(pb.RenamePasskeyRequest(passkey_id=passkey_id, name="Mine"), caller),
            service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=passkey_id), caller),
        ):
            assert await refused_code(refused, NotFound) == "not_found"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
async def test_a_passkey_has_a_name(service, practice, name):
    caller = await service.signed_in(practice.administrator)
    options = await service.creation_options(caller)
    credential = SoftPasskey.of(options).attest(options, ORIGIN)
    assert await refused_code(service.register(credential, caller, name=name), Invalid) == "passkey_name_invalid"
    await service.register(credential, caller)


async def test_a_registration_is_for_the_user_who_asked_once_and_in_time(service, practice, monkeypatch):
    colleague = await service.signed_in(await practice.add_user("therapist"))
    caller = await service.signed_in(practice.administrator)
    options = await service.creation_options(caller)
    passkey = SoftPasskey.of(options)
    good = passkey.attest(options, ORIGIN)
    hostile = {
        "another origin": passkey.attest(options, "https://localhost.evil.example"),
        "another scheme": passkey.attest(options, "https://localhost:8000"),
        "another relying party": passkey.but(rp_id="evil.example").attest(options, ORIGIN),
        "another challenge": passkey.attest({"challenge": base64url.encode(bytes(40))}, ORIGIN),
        "a challenge to sign in": passkey.attest(await service.request_options(), ORIGIN),
        "a challenge of a colleague": passkey.attest(await service.creation_options(colleague), ORIGIN),
        "the other ceremony": passkey.attest(options, ORIGIN, type="webauthn.get"),
        "a page in a frame of another site": passkey.attest(options, ORIGIN, crossOrigin=True),
        "nobody there": passkey.but(flags=USER_VERIFIED).attest(options, ORIGIN),
        "backed up, and not eligible": passkey.but(flags=USER_PRESENT | BACKED_UP).attest(options, ORIGIN),
        "a long id": passkey.but(credential_id=bytes(1024)).attest(options, ORIGIN),
        "no id": passkey.but(credential_id=b"").attest(options, ORIGIN),
        "no CBOR": good | {"response": good["response"] | {"attestationObject": "AAAA"}},
        "no base64": good | {"response": good["response"] | {"attestationObject": "\u20ac"}},
        "no client data": good | {"response": good["response"] | {"clientDataJSON": "e30"}},
        "no object": [],
        "nothing": {},
    }
    for what, credential in hostile.items():
        with pytest.raises(Invalid) as refused:
            await service.register(credential, caller)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("passkey_invalid", "/credential"), what

    await service.register(good, caller)
    assert await refused_code(service.register(good, caller), Invalid) == "passkey_invalid"
    again = await service.creation_options(caller)
    assert await refused_code(service.register(passkey.attest(again, ORIGIN), caller), Conflict) == "passkey_registered"
    assert len((await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items) == 1


async def test_of_many_who_register_at_once_no_more_than_twenty_succeed(service, practice):
    caller = await service.signed_in(practice.administrator)
    for _ in range(18):
        await service.passkey_of(practice.administrator, caller)
    options = [await service.creation_options(caller) for _ in range(6)]
    racers = [service.register(SoftPasskey.of(each).attest(each, ORIGIN), caller) for each in options]
    outcomes = await asyncio.gather(*racers, return_exceptions=True)

    assert sum(isinstance(outcome, pb.Passkey) for outcome in outcomes) == 2
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Conflict)} == {"too_many_passkeys"}
    assert await refused_code(service.creation_options(caller), Conflict) == "too_many_passkeys"


# --- alone ---


async def test_a_passkey_signs_in_alone(service, practice):
    user = practice.administrator
    caller = await service.signed_in(user)
    before = (await service.users.GetMe(users_pb2.GetMeRequest(), caller)).last_login_at
    passkey = await service.passkey_of(user, caller)
    options = await service.request_options()
    assert (options["rpId"], options["allowCredentials"], options["userVerification"]) == ("localhost", [], "required")

    signed_in = await service.show(passkey.sign(options, ORIGIN))

    assert claims(signed_in)["amr"] == ["passkey"]
    assert claims(await service.refresh(signed_in.refresh_token))["amr"] == ["passkey"]
    assert signed_in.user.last_login_at.ToNanoseconds() > before.ToNanoseconds()
    assert signed_in.device_token
    (used,) = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
    assert used.HasField("last_used_at")
    (line,) = await service.lines("finish_passkey_sign_in", user.workspace_id)
    assert (line.resource_id, line.facts["amr"], line.facts["passkey_id"]) == (str(user.id), "passkey", used.id)


async def test_a_passkey_that_is_kept_on_several_devices_never_counts(service, practice):
    synchronized = USER_PRESENT | USER_VERIFIED | BACKUP_ELIGIBLE | BACKED_UP
    passkey = await service.passkey_of(practice.administrator, flags=synchronized)
    for _ in range(3):
        await service.show(passkey.sign(await service.request_options(), ORIGIN))
    not_eligible = passkey.but(flags=USER_PRESENT | USER_VERIFIED)
    assert await refused_code(service.show(not_eligible.sign(await service.request_options(), ORIGIN))) == "passkey_not_accepted"


async def test_every_wrong_reply_is_refused_alike_and_the_right_one_still_good(service, practice, hospital):
    user = practice.administrator
    passkey = await service.passkey_of(user)
    colleague, stranger = await practice.add_user("therapist"), hospital.administrator
    theirs, foreign = await service.passkey_of(colleague), await service.passkey_of(stranger)
    options = await service.request_options()
    good = passkey.sign(options, ORIGIN)
    signed = good["response"]
    registering = await service.creation_options(await service.signed_in(await practice.add_user("assistant")))
    flipped = base64url.decode(signed["signature"])[:-1] + bytes([base64url.decode(signed["signature"])[-1] ^ 1])
    hostile = {
        "another origin": passkey.sign(options, "https://evil.example"),
        "another port": passkey.sign(options, "http://localhost:8001"),
        "another relying party": passkey.but(rp_id="evil.example").sign(options, ORIGIN),
        "a made-up challenge": passkey.sign({"challenge": base64url.encode(bytes(40))}, ORIGIN),
        "no challenge": passkey.sign({"challenge": ""}, ORIGIN),
        "a challenge to register": passkey.sign(registering, ORIGIN),
        "the other ceremony": passkey.sign(options, ORIGIN, type="webauthn.create"),
        "a page in a frame of another site": passkey.sign(options, ORIGIN, crossOrigin=True),
        "a user who was not verified": passkey.but(flags=USER_PRESENT).sign(options, ORIGIN),
        "nobody there": passkey.but(flags=USER_VERIFIED).sign(options, ORIGIN),
        "another key": SoftPasskey(passkey.rp_id, passkey.user_handle, credential_id=passkey.credential_id).sign(options, ORIGIN),
        "another signature": good | {"response": signed | {"signature": base64url.encode(flipped)}},
        "a colleague's passkey under my name": theirs.but(user_handle=passkey.user_handle).sign(options, ORIGIN),
        "my passkey under a colleague's name": passkey.but(user_handle=theirs.user_handle).sign(options, ORIGIN),
        "another workspace's passkey under my name": foreign.but(user_handle=passkey.user_handle).sign(options, ORIGIN),
        "my passkey under a name of another workspace": passkey.but(user_handle=foreign.user_handle).sign(options, ORIGIN),
        "a user in another workspace": passkey.but(user_handle=stranger.workspace_id.bytes + user.id.bytes).sign(options, ORIGIN),
        "nobody's passkey": SoftPasskey(passkey.rp_id, uuid7().bytes + uuid7().bytes).sign(options, ORIGIN),
        "an unknown passkey of mine": passkey.but(credential_id=bytes(32)).sign(options, ORIGIN),
        "no name": passkey.sign(options, ORIGIN, handle=False),
        "a short name": passkey.but(user_handle=b"nora").sign(options, ORIGIN),
        "an id that is not the raw one": good | {"id": "AAAA"},
        "no CBOR": good | {"response": signed | {"authenticatorData": "AAAA"}},
        "nothing": {},
    }
    for number, (what, credential) in enumerate(hostile.items()):
        with pytest.raises(Unauthenticated) as refused:
            await service.show(credential, address=f"198.51.100.{number}")
        assert (refused.value.code, refused.value.faults) == ("passkey_not_accepted", ()), what

    failures = await service.lines("finish_passkey_sign_in", user.workspace_id, audit.OUTCOME_FAILURE)
    assert len(failures) == 17
    assert {line.code for line in failures} == {"passkey_not_accepted"}
    assert {UUID(line.user_id) for line in failures} == {user.id, colleague.id}
    await service.show(good)


async def test_of_fifty_who_show_one_reply_at_once_one_wins(service, practice):
    passkey = await service.passkey_of(practice.administrator)
    reply = passkey.sign(await service.request_options(), ORIGIN)
    racers = [service.show(reply, address=f"198.51.100.{number}") for number in range(50)]
    outcomes = await asyncio.gather(*racers, return_exceptions=True)

    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Unauthenticated)} == {"passkey_not_accepted"}
    assert sum(isinstance(outcome, Unauthenticated) for outcome in outcomes) == 49
    assert await refused_code(service.show(reply, address="198.51.100.99")) == "passkey_not_accepted"


async def test_a_counter_that_went_back_is_refused_and_told(service, practice):
    user = practice.administrator
    passkey = await service.passkey_of(user, count=7)
    for count in (8, 20):
        await service.show(passkey.sign(await service.request_options(), ORIGIN, count=count))
    for count in (20, 9, 0):
        reply = passkey.sign(await service.request_options(), ORIGIN, count=count)
        assert await refused_code(service.show(reply)) == "passkey_not_accepted"
    await service.show(passkey.sign(await service.request_options(), ORIGIN, count=21))

    assert (await service.notices(user))[1:] == [events_pb2.SECURITY_NOTICE_PASSKEY_COPIED] * 3
    lines = await service.lines("finish_passkey_sign_in", user.workspace_id, audit.OUTCOME_FAILURE)
    assert [line.facts["reason"] for line in lines] == ["copied"] * 3


async def test_whoever_lacks_the_key_does_not_make_a_passkey_look_copied(service, practice):
    user = practice.administrator
    passkey = await service.passkey_of(user, count=7)
    forged = SoftPasskey(passkey.rp_id, passkey.user_handle, credential_id=passkey.credential_id)
    assert await refused_code(service.show(forged.sign(await service.request_options(), ORIGIN, count=1))) == "passkey_not_accepted"
    assert events_pb2.SECURITY_NOTICE_PASSKEY_COPIED not in await service.notices(user)


async def test_nobody_signs_in_who_may_not(service, practice, hospital):
    inactive = await practice.add_user("therapist")
    of_inactive, of_suspended = await service.passkey_of(inactive), await service.passkey_of(hospital.administrator)
    removed = await service.passkey_of(practice.administrator)
    mine = await service.signed_in_by(removed)
    passkey_id = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), mine)).items[0].id
    await service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=passkey_id), mine)
    await service.users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(inactive.id)), mine)
    await service.tamper("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", hospital.workspace_id)

    for passkey in (of_inactive, of_suspended, removed):
        assert await refused_code(service.show(passkey.sign(await service.request_options(), ORIGIN))) == "passkey_not_accepted"


async def test_attempts_have_to_wait_by_source_and_known_devices_are_counted_apart(service, practice):
    passkey = await service.passkey_of(practice.administrator)
    device = (await service.show(passkey.sign(await service.request_options(), ORIGIN))).device_token
    for credential in (passkey, SoftPasskey(passkey.rp_id, uuid7().bytes + uuid7().bytes)):
        wrong = credential.sign(await service.request_options(), "https://evil.example")
        codes = []
        for _ in range(7):
            with pytest.raises((Unauthenticated, TooMany)) as refused:
                await service.show(wrong, address="203.0.113.9")
            codes.append(refused.value.code)
        assert codes == ["passkey_not_accepted"] * 5 + ["too_many_attempts"] * 2

    await service.show(passkey.sign(await service.request_options(), ORIGIN), address="203.0.113.9", device=device)
    await service.show(passkey.sign(await service.request_options(), ORIGIN), address="203.0.113.10")


# --- as a second step ---


async def methods(service, user):
    reply = await service.sign_in.Login(
        sign_in_pb2.LoginRequest(email=user.email, password="correct horse battery"), service.caller_from("192.0.2.7")
    )
    return list(reply.second_step.methods) if reply.WhichOneof("outcome") == "second_step" else None


async def test_a_passkey_is_the_second_step_after_a_password(service, practice):
    user = practice.administrator
    before = (await service.login(user)).user.last_login_at
    passkey = await service.passkey_of(user, flags=USER_PRESENT)
    assert await methods(service, user) == ["passkey"]
    token = await service.first_step(user)
    options = await service.request_options(token)
    assert [each["id"] for each in options["allowCredentials"]] == [base64url.encode(passkey.credential_id)]
    assert options["allowCredentials"][0]["transports"] == ["hybrid", "internal"]
    assert options["userVerification"] == "preferred"

    signed_in = await service.show(passkey.sign(options, ORIGIN, handle=False), token)

    assert claims(signed_in)["amr"] == ["pwd", "passkey"]
    assert signed_in.user.last_login_at.ToNanoseconds() > before.ToNanoseconds()
    assert not signed_in.user.two_factor_enabled
    # As the first and only factor it would have to verify its user.
    assert await refused_code(service.show(passkey.sign(await service.request_options(), ORIGIN))) == "passkey_not_accepted"


async def remove_of(service, user, caller):
    request = second_factors_pb2.RemoveSecondFactorRequest(user_id=str(user.id), reason=second_factors_pb2.REMOVAL_REASON_DEVICE_STOLEN)
    await service.second_factors.RemoveSecondFactor(request, caller)


@pytest.mark.parametrize("with_authenticator", [False, True])
async def test_an_administrator_sees_and_removes_the_passkeys_on_a_telephone_that_was_stolen(service, hospital, with_authenticator):
    nurse, head = await hospital.add_user("nurse"), await service.signed_in(hospital.administrator)
    caller = (await service.enroll(nurse)).caller if with_authenticator else await service.signed_in(nurse)
    passkey = await service.passkey_of(nurse, caller)
    seen = await service.users.GetUser(users_pb2.GetUserRequest(user_id=str(nurse.id)), head)
    assert (seen.two_factor_enabled, seen.has_passkey) == (with_authenticator, True)

    await remove_of(service, nurse, head)

    assert await service.until_refused(caller)
    assert await refused_code(service.show(passkey.sign(await service.request_options(), ORIGIN))) == "passkey_not_accepted"
    assert await methods(service, nurse) is None
    seen = await service.users.GetUser(users_pb2.GetUserRequest(user_id=str(nurse.id)), head)
    assert (seen.two_factor_enabled, seen.has_passkey) == (False, False)
    assert (await service.notices(nurse))[-1] == events_pb2.SECURITY_NOTICE_SECOND_FACTOR_REMOVED
    (line,) = await service.lines("remove_second_factor", hospital.workspace_id)
    removed = "authenticator passkeys" if with_authenticator else "passkeys"
    assert (line.resource_id, line.facts) == (str(nurse.id), {"reason": "device_stolen", "removed": removed})
    assert await refused_code(remove_of(service, nurse, head), Conflict) == "second_factor_not_enrolled"


async def test_the_operator_removes_passkeys_too(service, practice):
    user = practice.administrator
    passkey = await service.passkey_of(user)
    assert await remove_for_operator(service.environment.runtime("identity"), user.email) is True
    assert await refused_code(service.show(passkey.sign(await service.request_options(), ORIGIN))) == "passkey_not_accepted"
    assert not (await service.login(user)).user.has_passkey


async def test_the_backup_codes_of_an_enrolment_that_was_not_finished_are_no_second_step(service, practice):
    """Somebody who has learnt the password could have begun it, before there was a passkey."""
    user = practice.administrator
    begun = await service.second_factors.EnrollTotp(second_factors_pb2.EnrollTotpRequest(), await service.signed_in(user))
    await service.passkey_of(user)

    token = await service.first_step(user)
    for code in (begun.backup_codes[0], service.code_of(begun.secret)):
        assert await refused_code(service.second_step(token, code)) == "second_factor_wrong"


async def test_a_first_step_from_before_the_sign_ins_were_ended_is_over(service, enrolled):
    token = await service.first_step(enrolled.user)
    await service.sign_in.EndLoginSessions(sign_in_pb2.EndLoginSessionsRequest(), enrolled.caller)

    assert await refused_code(service.second_step(token, enrolled.backup_codes[0])) == "second_step_over"


async def test_whoever_has_an_authenticator_too_chooses(service, enrolled):
    passkey = await service.passkey_of(enrolled.user, enrolled.caller)
    assert await methods(service, enrolled.user) == ["totp", "passkey"]
    token = await service.first_step(enrolled.user)
    by_passkey = await service.show(passkey.sign(await service.request_options(token), ORIGIN), token)
    assert claims(by_passkey)["amr"] == ["pwd", "passkey"]
    by_code = await service.second_step(await service.first_step(enrolled.user), enrolled.backup_codes[0])
    assert claims(by_code)["amr"] == ["pwd", "otp"]

    link = sign_in_pb2.VerifyMagicLinkRequest(token=await service.request_link(enrolled.user))
    token = (await service.sign_in.VerifyMagicLink(link, service.environment.nobody())).second_step.token
    by_link = await service.show(passkey.sign(await service.request_options(token), ORIGIN), token)
    assert claims(by_link)["amr"] == ["link", "passkey"]


async def test_a_link_is_the_way_back_for_whoever_has_lost_their_passkeys(service, practice):
    await service.passkey_of(practice.administrator)
    signed_in = await service.verify(await service.request_link(practice.administrator))
    assert claims(signed_in)["amr"] == ["link"]
    caller = service.bearer(signed_in)
    (lost,) = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
    await service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=lost.id), caller)
    assert await methods(service, practice.administrator) is None


async def test_a_second_step_is_good_for_its_own_first_step_alone(service, practice):
    user, colleague = practice.administrator, await practice.add_user("therapist")
    passkey, theirs = await service.passkey_of(user), await service.passkey_of(colleague)
    token, other = await service.first_step(user), await service.first_step(user)
    options, alone = await service.request_options(token), await service.request_options()
    hostile = {
        "another first step's options": (passkey.sign(await service.request_options(other), ORIGIN), token),
        "options for a passkey alone": (passkey.sign(alone, ORIGIN), token),
        "a colleague's passkey": (theirs.sign(options, ORIGIN), token),
        "a colleague's passkey without its name": (theirs.sign(options, ORIGIN, handle=False), token),
        "a colleague's passkey under my name": (theirs.but(user_handle=passkey.user_handle).sign(options, ORIGIN), token),
        "my passkey under a colleague's name": (passkey.but(user_handle=theirs.user_handle).sign(options, ORIGIN), token),
        "a passkey that steps out alone": (passkey.sign(options, ORIGIN), None),
    }
    for number, (what, (credential, shown)) in enumerate(hostile.items()):
        with pytest.raises(Unauthenticated) as refused:
            await service.show(credential, shown, address=f"198.51.100.{number}")
        assert refused.value.code == "passkey_not_accepted", what
    reply = passkey.sign(options, ORIGIN)
    await service.show(reply, token)

    for over in (token, "nonsense", "A" * 86):
        assert await refused_code(service.show(reply, over)) == "second_step_over"
        assert await refused_code(service.request_options(over)) == "second_step_over"
    again = passkey.sign(await service.request_options(other), ORIGIN)
    await service.tamper("UPDATE identity.second_steps SET expires_at = now() WHERE user_id = $1 AND used_at IS NULL", user.id)
    assert await refused_code(service.show(again, other)) == "second_step_over"


async def test_a_first_step_of_somebody_without_passkeys_offers_none(service, enrolled):
    token = await service.first_step(enrolled.user)
    assert await refused_code(service.request_options(token), Conflict) == "no_passkey"


# --- required ---


async def require(service, workspace, required):
    request = workspaces_pb2.UpdateWorkspaceRequest()
    request.mask.paths.append("settings")
    request.settings.update({"second_factor_required": required})
    await service.workspaces.UpdateWorkspace(request, await service.signed_in(workspace.administrator))


async def test_where_a_second_factor_is_required_a_passkey_is_one(service, hospital):
    await require(service, hospital, ["nurse"])
    nurse = await hospital.add_user("nurse")
    signed_in = await service.login(nurse)
    caller = service.bearer(signed_in)
    with pytest.raises(Forbidden):
        await service.users.ListUsers(users_pb2.ListUsersRequest(), caller)

    passkey = await service.passkey_of(nurse, caller)

    # This sign-in has made its second step; the next ones are asked for it.
    alone = await service.show(passkey.sign(await service.request_options(), ORIGIN))
    token = await service.first_step(nurse)
    second = await service.show(passkey.sign(await service.request_options(token), ORIGIN), token)
    for able in (await service.refresh(signed_in.refresh_token), alone, second):
        await service.users.ListUsers(users_pb2.ListUsersRequest(), service.bearer(able))
    by_link = await service.verify(await service.request_link(nurse))
    assert claims(by_link)["scope"] == ""


async def test_the_last_required_second_factor_stays(service, hospital):
    await require(service, hospital, ["nurse"])
    nurse = await hospital.add_user("nurse")
    await service.passkey_of(nurse, caller := await service.signed_in(nurse))
    caller = await service.signed_in_by(await service.passkey_of(nurse, caller))
    first, second = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
    outcomes = await asyncio.gather(
        *(service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=each.id), caller) for each in (first, second)),
        return_exceptions=True,
    )
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)] == ["second_factor_required"]

    made = await service.second_factors.EnrollTotp(second_factors_pb2.EnrollTotpRequest(), caller)
    await service.confirm(made.secret, nurse, caller)
    (left,) = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
    # With a passkey there, the authenticator may go, and the other way round.
    await service.second_factors.RemoveTotp(second_factors_pb2.RemoveTotpRequest(code=made.backup_codes[0]), caller)
    assert (
        await refused_code(service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=left.id), caller), Conflict)
        == "second_factor_required"
    )


async def test_no_options_are_kept_and_used_challenges_are(service, practice):
    passkey = await service.passkey_of(practice.administrator)
    for _ in range(3):
        options = await service.request_options()
    await service.show(passkey.sign(options, ORIGIN))
    async with service.environment.superuser() as connection:
        used = await connection.fetch("SELECT * FROM identity.used_challenges WHERE workspace_id = $1", practice.workspace_id)
    assert len(used) == 2
