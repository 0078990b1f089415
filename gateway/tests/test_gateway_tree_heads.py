"""Signed tree heads and proofs over HTTP, checked by somebody who has RFC 6962, a public key and nothing of the suite."""

import base64
import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.__main__ import head_log
from caseload_verify.files import Verifier
from caseload_verify.keys import Keys, read_trusted

API = "/api/v1"


def node(left, right):
    return sha256(b"\x01" + left + right).digest()


def root_by_inclusion(index, size, leaf, path):
    """RFC 9162, section 2.1.3.2."""
    fn, sn, found = index, size - 1, leaf
    for each in path:
        assert sn > 0
        if fn & 1 or fn == sn:
            found = node(each, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node(found, each)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return found


def check_consistency(first, second, old, new, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        assert (old, path) == (new, [])
        return
    if first & (first - 1) == 0:
        path = [old, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for each in path[1:]:
        assert sn > 0
        if fn & 1 or fn == sn:
            fr, sr = node(each, fr), node(each, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, each)
        fn, sn = fn >> 1, sn >> 1
    assert (fr, sr, sn) == (old, new, 0)


def check_signature(checkpoint, keys):
    root = base64.b64encode(bytes.fromhex(checkpoint["root_hash"])).decode()
    signed_at = int(datetime.fromisoformat(checkpoint["signed_at"]).timestamp())
    message = f"cosignature/v1\ntime {signed_at}\n{checkpoint['origin']}\n{checkpoint['tree_size']}\n{root}\n"
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys[checkpoint["key_id"]] + "=="))
    key.verify(base64.b64decode(checkpoint["signature"]), message.encode())


def check_proof(proof):
    keys = {key["key_id"]: key["public_key"] for key in proof["keys"]}
    for checkpoint in (proof["checkpoint"], proof["newest"]):
        check_signature(checkpoint, keys)
    event, head = proof["event"], proof["head"]
    leaf = sha256(b"\x00" + bytes.fromhex(event["hash"])).digest()
    root = root_by_inclusion(event["sequence"] - 1, head["sequence"], leaf, [bytes.fromhex(each) for each in event["inclusion"]])
    assert root.hex() == head["root_hash"]
    parts = (
        b"caseload.audit.head.v1", UUID(proof["workspace_id"]).bytes, head["sequence"].to_bytes(8, "big"), bytes.fromhex(head["hash"]), root
    )  # fmt: skip
    leaf = sha256(b"\x00" + b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
    old, new = proof["checkpoint"], proof["newest"]
    found = root_by_inclusion(head["leaf_index"], old["tree_size"], leaf, [bytes.fromhex(each) for each in head["inclusion"]])
    assert found.hex() == old["root_hash"]
    check_consistency(
        old["tree_size"],
        new["tree_size"],
        bytes.fromhex(old["root_hash"]),
        bytes.fromhex(new["root_hash"]),
        [bytes.fromhex(each) for each in proof["consistency"]],
    )


async def signed(gateway, person):
    """Signs what is in the person's chain by now. Returns the newest checkpoint."""
    await gateway.environment.settle()
    async with gateway.environment.superuser() as connection:
        while await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", person.workspace_id):
            await connection.fetch("SELECT pg_sleep(0.05)")
    log = head_log(gateway.environment.runtime("audit"))
    while await log.sign_grown():
        pass


async def test_an_event_is_proven_by_every_checkpoint_since_it_was_recorded(gateway, practice, elsewhere, check_problem):
    await practice.add_client()
    await elsewhere.add_client()
    await signed(gateway, practice.person)
    first = (await practice.http.get(f"{API}/audit/checkpoints", params={"page_size": 1})).json()["items"][0]
    for _ in range(3):
        await practice.add_client()
        await elsewhere.add_client()
        await signed(gateway, practice.person)

    listed = (await practice.http.get(f"{API}/audit/checkpoints")).json()
    sizes = [each["tree_size"] for each in listed["items"]]
    assert sizes == sorted(sizes, reverse=True)
    assert listed["total"] >= 4
    assert first in listed["items"]
    assert len({each["origin"] for each in listed["items"]}) == 1

    (event, *_) = (await practice.http.get(f"{API}/audit-events", params={"page_size": 100})).json()["items"][::-1]
    for size in (None, *(size for size in sizes if size >= first["tree_size"])):
        asked = {"sequence": event["sequence"]} | ({} if size is None else {"tree_size": size})
        reply = await practice.http.get(f"{API}/audit/proof", params=asked)
        assert reply.status_code == 200, reply.text
        proof = reply.json()
        check_proof(proof)
        assert (proof["event"]["id"], proof["event"]["hash"]) == (event["id"], event["hash"])
        assert proof["workspace_id"] == str(practice.person.workspace_id)
        assert str(elsewhere.person.workspace_id) not in reply.text

    check_problem(await practice.http.get(f"{API}/audit/proof", params={"sequence": 10_000}), 404, "event_not_covered")
    check_problem(await practice.http.get(f"{API}/audit/proof", params={"sequence": 1, "tree_size": 2**40}), 404, "checkpoint_not_found")
    for wrong in ({}, {"sequence": 0}, {"sequence": "x"}, {"sequence": 1, "tree_size": -1}, {"sequence": 2**63}):
        assert (await practice.http.get(f"{API}/audit/proof", params=wrong)).status_code == 422
    async with gateway.colleague(practice.person, scope="clients:read") as http:
        for path in ("checkpoints", "proof?sequence=1"):
            check_problem(await http.get(f"{API}/audit/{path}"), 403, "permission_denied")


async def test_what_the_api_answers_is_verified_by_somebody_who_has_the_verifier_alone(gateway, practice, tmp_path):
    client = await practice.add_client(external_id="膝")
    note = await practice.write_note(client["id"])
    assert (await practice.http.post(f"{API}/sessions/{note['id']}/finalize")).status_code == 200
    await practice.http.get(f"{API}/clients", params={"search": "Ada"})
    await signed(gateway, practice.person)
    page = (await practice.http.get(f"{API}/audit-events", params={"page_size": 100})).json()
    chained = [event for event in page["items"] if event["sequence"] is not None]
    told = [page, (await practice.http.get(f"{API}/audit/checkpoints")).json()]
    # The newest event that is in a signed head.
    for event in chained:
        reply = await practice.http.get(f"{API}/audit/proof", params={"sequence": event["sequence"]})
        if reply.status_code == 200:
            break
    proof = reply.json()
    (tmp_path / "keys.json").write_text(json.dumps({"keys": proof["keys"]}))
    whole, wrong = tmp_path / "whole.jsonl", tmp_path / "wrong.jsonl"
    whole.write_text("".join(json.dumps(each) + "\n" for each in (*told, proof)))
    verifier = Verifier(Keys(read_trusted((tmp_path / "keys.json").read_text())))
    verifier.verify(whole)
    report = verifier.finish()
    assert (report.findings, report.verified["events"], report.verified["proofs"]) == ([], len(chained), 1)

    changed = next(event for event in page["items"] if event["event_type"] == "create_client")
    changed["metadata"]["request_id"] += "x"
    wrong.write_text(json.dumps(page))
    verifier.verify(wrong)
    assert verifier.report.findings == [f"event {changed['sequence']}: was changed"]
    archive = tmp_path / "client.zip"
    archive.write_bytes((await practice.http.get(f"{API}/clients/{client['id']}/export")).content)
    verifier = Verifier(Keys())
    verifier.verify(archive)
    assert (verifier.report.findings, verifier.report.verified["versions"]) == ([], 1)
