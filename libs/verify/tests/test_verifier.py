"""Files as somebody has them who knows nothing of the suite: what is whole verifies, and whatever was changed in them is named."""

import base64
import copy
import io
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import caseload_verify
from caseload_verify.__main__ import main
from caseload_verify.checkpoints import head_leaf, signed_message
from caseload_verify.events import GENESIS, entry_hash
from caseload_verify.files import Verifier
from caseload_verify.keys import Keys, thumbprint
from caseload_verify.report import Unreadable

SEED = 20261122
# `make drill` asks for more.
CHANGES = int(os.environ.get("CASELOAD_TRAIL_CHANGES", "200"))
VECTORS = Path(__file__).parents[3] / "docs" / "audit-verification.jsonl"
WORKSPACE = "01890a5d-ac96-774b-bcce-b302099a8057"
ORIGIN = "caseload/audit/0f8fad5b-d9cb-469f-a165-70867728950e"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()
PUBLIC = {"key_id": thumbprint(RAW), "public_key": base64.urlsafe_b64encode(RAW).rstrip(b"=").decode()}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def node(left, right):
    return sha256(b"\x01" + left + right).digest()


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(leaves):
    return leaves[0] if len(leaves) == 1 else node(root(leaves[: split(len(leaves))]), root(leaves[split(len(leaves)) :]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return [*path(m, leaves[:k]), root(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), root(leaves[:k])]


def subproof(m, leaves, *, is_whole=True):
    if m == len(leaves):
        return [] if is_whole else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], is_whole=is_whole), root(leaves[k:])]
    return [*subproof(m - k, leaves[k:], is_whole=False), root(leaves[:k])]


def events(count):
    made, previous = [], GENESIS
    for sequence in range(1, count + 1):
        event = {
            "id": str(UUID(int=sequence)), "workspace_id": WORKSPACE, "user_id": str(UUID(int=7)) if sequence % 3 else None,
            "event_type": "get_client", "resource_type": "Client", "resource_id": str(UUID(int=99)), "action": "READ", "outcome": "success",
            "ip_address": "192.0.2.7", "user_agent": None, "session_id": None,
            "metadata": {"request_id": f"r-{sequence}", "records": [{"revision": 3.0, "table": "clients.clients"}], "facts": {"name": "膝"}},
            "retention_until": "2033-03-02", "sequence": sequence, "created_at": f"2026-03-02T12:00:00.{sequence:06}Z",
        }  # fmt: skip
        previous = entry_hash(previous, sequence, event)
        made.append(event | {"hash": previous.hex()})
    return made


def checkpoint(leaves, size, *, origin=ORIGIN, key=KEY):
    told = {
        "origin": origin,
        "tree_size": size,
        "root_hash": root(leaves[:size]).hex(),
        "signed_at": (NOON + timedelta(minutes=size)).isoformat().replace("+00:00", "Z"),
        "key_id": thumbprint(key.public_key().public_bytes_raw()),
    }
    return told | {"signature": base64.b64encode(key.sign(signed_message(told))).decode()}


def file_of(count=20, size=9, newest=13):
    """Lines as an auditor collects them: the events, checkpoints, and a proof of one event in each half."""
    made = events(count)
    in_chain = [sha256(b"\x00" + bytes.fromhex(event["hash"])).digest() for event in made]
    own = head_leaf(UUID(WORKSPACE), count, bytes.fromhex(made[-1]["hash"]), root(in_chain))
    leaves = [sha256(b"\x00" + (own if n == 5 else bytes([n]))).digest() for n in range(newest)]
    proofs = [
        {
            "origin": ORIGIN,
            "checkpoint": checkpoint(leaves, size),
            "newest": checkpoint(leaves, newest),
            "consistency": [each.hex() for each in subproof(size, leaves)],
            "workspace_id": WORKSPACE,
            "event": {name: made[place][name] for name in ("id", "sequence", "hash")}
            | {"previous_hash": made[place - 1]["hash"], "inclusion": [each.hex() for each in path(place, in_chain)]},
            "head": {
                "leaf_index": 5, "sequence": count, "hash": made[-1]["hash"], "root_hash": root(in_chain).hex(),
                "inclusion": [each.hex() for each in path(5, leaves[:size])],
            },
            "keys": [PUBLIC],
        }
        for place in (3, count - 2)
    ]  # fmt: skip
    return [{"keys": [PUBLIC]}, *made, *(checkpoint(leaves, n) for n in range(1, newest + 1)), *proofs]


def lines(objects):
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)


@pytest.fixture
def verified(tmp_path):
    def verify(content, *, trusted=None):
        file = tmp_path / "file"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        verifier = Verifier(Keys(trusted))
        verifier.verify(file)
        return verifier.finish()

    return verify


def test_what_is_whole_verifies(verified):
    report = verified(lines(file_of()), trusted={PUBLIC["key_id"]: RAW})
    assert report.findings == []
    assert report.verified == {"events": 20, "checkpoints": 17, "proofs": 2}
    assert report.own_keys == set()
    assert verified(lines(file_of())).own_keys == {PUBLIC["key_id"]}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 12, 13])
def test_proofs_of_every_shape_of_tree(verified, size):
    if size > 5:
        assert verified(lines(file_of(17, size))).findings == []
    assert verified(lines(file_of(size + 3, 6))).findings == []


def test_a_part_of_a_trail_verifies_by_what_follows(verified):
    report = verified(lines([{"keys": [PUBLIC]}, *events(10)[4:]]))
    assert (report.findings, report.verified["events"], len(report.notes)) == ([], 5, 1)


def test_a_page_of_the_api_is_read_as_it_is(verified):
    assert verified(json.dumps({"items": [events(6)[n] for n in (5, 3, 4, 2, 1, 0)], "total": 6})).verified["events"] == 6


def line_of_dropping(sequence, previous, **facts):
    """What a month that was dropped leaves in the trail."""
    told = {"month": "2019-05", "events": "4", "first_sequence": "3", "last_sequence": "6"} | facts
    line = events(1)[0] | {"event_type": "drop_audit_month", "sequence": sequence, "metadata": {"facts": told}, "previous_hash": previous}
    return line | {"hash": entry_hash(bytes.fromhex(previous), sequence, line).hex()}


@pytest.mark.parametrize(
    ("left_out", "facts", "findings"),
    [
        ((3, 6), {}, []),
        ((3, 7), {}, ["events 3 to 7: are missing"]),
        ((3, 6), {"events": "3"}, ["events 3 to 6: are missing"]),
        ((3, 6), {"first_sequence": "4"}, ["events 3 to 6: are missing"]),
        ((8, 8), {}, ["event 8: missing"]),
    ],
)
def test_a_gap_is_no_finding_where_the_trail_itself_says_what_was_dropped(verified, left_out, facts, findings):
    made = events(9)
    for before, event in zip([None, *made], made, strict=False):
        event["previous_hash"] = before["hash"] if before else "00" * 32
    left = [event for event in made if not left_out[0] <= event["sequence"] <= left_out[1]]
    report = verified(lines([*left, line_of_dropping(10, made[-1]["hash"], **facts)]))
    assert report.findings == findings
    assert any("were closed and dropped on 2026-03-02" in note for note in report.notes)


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        ({}, None),
        ({"month": "2020-02"}, None),
        ({"month": "2020-03"}, "2026-04-01"),
        ({"month": "2019-12"}, None),
        ({"month": "2020-12"}, "2027-01-01"),
        ({"kept_until": "2026-03-02"}, None),
        ({"kept_until": "2026-03-03"}, "2026-03-03"),
        ({"kept_until": "2020-01-01"}, None),
    ],
)
def test_a_month_that_was_dropped_before_its_time_is_named(verified, facts, until):
    """The line is of 2 March 2026: six years are the least, and the line says for how long its month was promised to be kept."""
    made = events(9)
    for before, event in zip([None, *made], made, strict=False):
        event["previous_hash"] = before["hash"] if before else "00" * 32
    left = [event for event in made if not 3 <= event["sequence"] <= 6]
    found = verified(lines([*left, line_of_dropping(10, made[-1]["hash"], **facts)])).findings
    month = facts.get("month", "2019-05")
    assert found == ([f"events 3 to 6: those of {month} were dropped on 2026-03-02, and had to be kept until {until}"] if until else [])


@pytest.mark.parametrize(
    "facts", [{"month": "x"}, {"month": ""}, {"month": 201905}, {"month": "9999-12"}, {"kept_until": 7}, {"kept_until": None}]
)
def test_a_month_that_is_none_is_a_line_that_cannot_be_read(verified, facts):
    """Whoever runs an installation chains what they want: no line of theirs keeps the report from being made."""
    made = events(9)
    report = verified(lines([*made, line_of_dropping(10, made[-1]["hash"], **facts)]))
    assert report.findings == ["line 10: cannot be read"]


@pytest.mark.parametrize(
    ("gone", "number", "findings"),
    [
        ((3, 4, 7), 3, []),
        ((3, 4, 7, 8), 3, ["events 7 to 8: are missing"]),
        ((3, 5, 7), 2, ["event 7: missing"]),
        ((2, 7), 5, ["event 2: missing"]),
    ],
)
def test_all_gaps_together_have_no_more_events_than_were_dropped(verified, gone, number, findings):
    made = events(9)
    for before, event in zip([None, *made], made, strict=False):
        event["previous_hash"] = before["hash"] if before else "00" * 32
    left = [event for event in made if event["sequence"] not in gone]
    line = line_of_dropping(10, made[-1]["hash"], events=str(number), first_sequence="3", last_sequence="8")
    assert verified(lines([*left, line])).findings == findings


def test_a_line_of_dropping_that_was_made_up_explains_nothing(verified):
    made = events(9)
    made[8] |= {
        "event_type": "drop_audit_month",
        "metadata": {"facts": {"month": "2019-05", "events": "1", "first_sequence": "4", "last_sequence": "4"}},
    }
    del made[3]
    assert verified(lines(made)).findings == ["event 4: missing", "event 9: was changed"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda e: e.pop(4), "event 5: missing"),
        (lambda e: [e.pop(4), e.pop(4)], "events 5 to 6: are missing"),
        (lambda e: e.insert(4, e[2]), "event 3: is there twice, or out of order"),
        (lambda e: e[4].update(outcome="failure"), "event 5: was changed"),
        (lambda e: e[4].update(created_at="2026-03-02T12:00:00.000006Z"), "event 5: was changed"),
        (lambda e: e[4]["metadata"].update(facts={"name": "膝 "}), "event 5: was changed"),
        (lambda e: e[4]["metadata"]["records"][0].update(revision=3.5), "event 5: was changed"),
        (lambda e: e[4].update(workspace_id=str(UUID(int=1))), "event 5: is of another workspace"),
        (lambda e: e.__setitem__(slice(3, 5), [e[4], e[3]]), "event 4: missing"),
        (lambda e: e[4].update(hash="00" * 32), "event 5: was changed"),
    ],
)
def test_the_first_event_that_is_wrong_is_named(verified, change, found):
    made = events(9)
    change(made)
    assert verified(lines(made)).findings[0] == found


def test_two_checkpoints_of_one_size_are_a_fork_and_so_is_one_that_does_not_continue_another(verified):
    others = [sha256(bytes([n, 1])).digest() for n in range(20)]
    assert "a fork" in verified(lines([*file_of(), checkpoint(others, 9)])).findings[0]
    made = file_of()
    made[-1]["newest"] = checkpoint(others, 20)
    assert any("checkpoint 20 does not continue checkpoint 9" in each for each in verified(lines(made)).findings)
    report = verified(lines([*file_of(), checkpoint(others, 9, origin="caseload/audit/other")]))
    assert report.findings == []
    assert any("2 logs" in note for note in report.notes)


def test_who_makes_up_a_file_makes_up_its_keys_and_is_told_apart_by_those_that_are_trusted(verified):
    report = verified(lines(file_of()), trusted={})
    assert len(report.findings) == 17 + 2 - 2
    assert all("not trusted" in each for each in report.findings)
    stolen = {"key_id": PUBLIC["key_id"], "public_key": base64.urlsafe_b64encode(bytes(32)).decode()}
    assert "is not the key that has this name" in verified(lines([{"keys": [stolen]}])).findings[0]


def mutated(choose, made):
    """One change of any kind, that no reader could call harmless. Returns what was done."""
    made = copy.deepcopy(made)
    place = choose.randrange(1, 20)
    kind = choose.choice(["field", "drop", "insert", "swap", "checkpoint", "proof"])
    if kind == "field":
        name = choose.choice(
            ["id", "created_at", "user_id", "event_type", "resource_id", "action", "ip_address", "metadata", "sequence", "hash"]
        )
        other = {
            "created_at": "2025-01-01T00:00:00Z", "metadata": {"request_id": str(choose.random())}, "sequence": made[place]["sequence"] + 50,
            "event_type": "get_cliend", "action": "UPDATE", "ip_address": None, "hash": choose.randbytes(32).hex(),
        }  # fmt: skip
        made[place][name] = other.get(name, str(UUID(int=choose.getrandbits(128))))
    elif kind == "drop":
        # Of the first one nothing can be told: a file may begin anywhere, and says so.
        del made[max(place, 2)]
    elif kind == "insert":
        made.insert(place, made[choose.randrange(1, 20)])
    elif kind == "swap":
        other = place + 1
        made[place], made[other] = made[other], made[place]
    elif kind == "checkpoint":
        one = made[choose.randrange(21, 34)]
        name = choose.choice(["tree_size", "root_hash", "signed_at", "signature", "origin", "key_id"])
        one[name] = {
            "tree_size": one["tree_size"] + 100, "root_hash": choose.randbytes(32).hex(), "signed_at": "2026-03-02T11:00:00Z",
            "signature": base64.b64encode(choose.randbytes(64)).decode(), "origin": "another", "key_id": "another",
        }[name]  # fmt: skip
    else:
        proof = made[choose.choice([-1, -2])]
        part, name = choose.choice(
            [("event", "inclusion"), ("head", "inclusion"), (None, "consistency"), ("event", "hash"), ("head", "root_hash")]
        )
        holder = proof if part is None else proof[part]
        if isinstance(holder[name], list):
            hashes = holder[name]
            choose.choice([hashes.pop, lambda: hashes.append("00" * 32), lambda: hashes.__setitem__(0, choose.randbytes(32).hex())])()
        else:
            holder[name] = choose.randbytes(32).hex()
    return kind, made


def test_the_published_vectors_are_these_and_verify(verified):
    assert VECTORS.read_text() == lines(file_of())
    assert verified(VECTORS.read_bytes(), trusted={PUBLIC["key_id"]: RAW}).findings == []


def test_every_change_is_found(verified):
    choose, original = random.Random(SEED), file_of()
    kinds = set()
    for _ in range(CHANGES):
        kind, made = mutated(choose, original)
        if made == original:
            continue
        kinds.add(kind)
        assert verified(lines(made)).findings, kind
    assert len(kinds) == 6


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"[1]\n", b"{\n", b'{"sequence": 1, "sequence": 2}\n', b'{"a": NaN}\n', b"[" * 100_000, lines(file_of()).encode()[:-40], b"PK\x03\x04 no archive"],
    ids=["no text", "a list", "cut", "twice", "NaN", "nested", "cut off", "no archive"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_so(verified, content):
    with pytest.raises(Unreadable):
        verified(content)


def test_lines_of_another_kind_are_findings(verified):
    assert verified('{"what": 1}\n').findings == ["line 1: is nothing that is known here"]
    assert verified('{"event_type": "x", "sequence": "x"}\n').findings == ["line 1: cannot be read"]


# ---------------------------------------------------------------- archives of clients

NOTE = f"notes/{UUID(int=1)}.json"


def note(client=2):
    made = {
        "id": str(UUID(int=1)), "workspace_id": WORKSPACE, "client_id": str(UUID(int=client)), "created_by_user_id": str(UUID(int=3)),
    }  # fmt: skip
    versions, previous = [], None
    for number in (1, 2):
        version = {
            "version_number": number, "subjective": "הכאב", "objective": None, "assessment": None, "plan": f"Rest {number}.\n", "reason": None,
            "kind": "finalized" if number == 1 else "amended", "session_date": "2026-03-02T09:00:00Z", "duration_minutes": 50,
            "created_at": "2026-03-02T10:00:00.5Z", "created_by_user_id": made["created_by_user_id"], "previous_hash": previous,
        }  # fmt: skip
        signed = {
            name: version[name]
            for name in ("assessment", "duration_minutes", "kind", "objective", "plan", "reason", "subjective", "version_number", "previous_hash")
        } | {
            "author_user_id": made["created_by_user_id"], "client_id": made["client_id"], "form": 1, "session_id": made["id"],
            "session_date": "2026-03-02T09:00:00.000000Z", "signed_at": "2026-03-02T10:00:00.500000Z",
            "signed_by_user_id": version["created_by_user_id"], "workspace_id": WORKSPACE,
        }  # fmt: skip
        previous = sha256(json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
        signature = KEY.sign(b"caseload session version v1\n" + previous.encode())
        version |= {
            "content_hash": previous,
            "key_id": PUBLIC["key_id"],
            "signature": base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
        }
        versions.append(version)
    told = ("subjective", "objective", "assessment", "plan", "session_date", "duration_minutes", "content_hash")
    return {"note": made | {"is_draft": False} | {name: versions[-1][name] for name in told}, "versions": versions}


def without_signature(version):
    version.update(signature=None, key_id=None)


def archive(note_of=None, *, manifest=(), extra=(), drop=(), told=()):
    """An archive as the suite writes one, with these changes."""
    entries = {
        "client.json": b"{}",
        NOTE: json.dumps(note_of or note()).encode(),
        "files/scan.png": b"\x89PNG" * 1000,
        "signing-keys.json": json.dumps({"algorithm": "Ed25519", "keys": [PUBLIC]}).encode(),
    }
    listed = [{"name": name, "size": len(data), "sha256": sha256(data).hexdigest()} for name, data in entries.items()]
    entries |= dict(manifest)
    out = io.BytesIO()
    with ZipFile(out, "w") as file:
        for name, data in [*((name, data) for name, data in entries.items() if name not in drop), *extra]:
            file.writestr(name, data)
        if "manifest.json" not in drop:
            whose = {"workspace_id": WORKSPACE, "client_id": str(UUID(int=2))} | dict(told)
            manifest_of = {"format": "caseload client export", "format_version": 1, **whose, "entries": listed}
            file.writestr("manifest.json", json.dumps(manifest_of))
    return out.getvalue()


def test_an_archive_that_is_whole_verifies(verified):
    report = verified(archive())
    assert (report.findings, report.verified) == ([], {"files": 4, "versions": 2})


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"manifest": {"files/scan.png": b"another"}.items()}, "file files/scan.png: was changed"),
        ({"drop": ["files/scan.png"]}, "file files/scan.png: is missing"),
        ({"extra": [("files/more.png", b"")]}, "file files/more.png: was inserted; the manifest does not list it"),
    ],
)
def test_a_file_that_was_changed_is_named(verified, changes, found):
    assert verified(archive(**changes)).findings[0] == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda v: v[1].update(plan="Rest 2."), "version 2: was changed"),
        (lambda v: v.pop(0), "version 1: is missing, or out of order"),
        (lambda v: v.reverse(), "version 1: is missing, or out of order"),
        (lambda v: v[1].update(previous_hash=None), "version 2: does not follow the version before it"),
        (lambda v: v[0].update(signature=v[1]["signature"]), "version 1: has a signature that does not hold"),
        (lambda v: v[0].update(key_id="another"), "version 1: was signed with a key that is not known"),
        (lambda v: without_signature(v[1]), "version 2: has no signature, and the version before it has one"),
        (lambda v: [without_signature(v[0]), v[0].update(plan="Rest.")], "version 1: was changed"),
        (lambda v: [*map(without_signature, v), v[1].update(plan="Rest.")], "version 2: was changed"),
        (lambda v: v.pop(), "its newest version is missing"),
        (lambda v: v.clear(), "its newest version is missing"),
    ],
)
def test_the_first_version_that_is_wrong_is_named(verified, change, found):
    made = note()
    change(made["versions"])
    (finding,) = verified(archive(made)).findings
    assert found in finding


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"plan": "Rest."}, "is not as its newest version says"),
        ({"session_date": "2026-03-01T09:00:00Z"}, "is not as its newest version says"),
        ({"content_hash": None}, "does not tell its newest version"),
        ({"content_hash": None, "is_draft": True}, "does not tell its newest version"),
    ],
)
def test_a_note_that_is_not_as_it_was_signed_is_named(verified, change, found):
    made = note()
    made["note"] |= change
    assert verified(archive(made)).findings == [f"note {UUID(int=1)}: {found}"]


def test_a_draft_says_what_it_likes_and_a_note_may_be_signed_while_the_archive_is_written(verified):
    begun, signed_anew, never_signed = note(), note(), note()
    begun["note"] |= {"is_draft": True, "plan": "Not signed yet."}
    first = signed_anew["versions"][0]
    signed_anew["note"] |= {"content_hash": first["content_hash"], "plan": first["plan"]}
    never_signed["note"] |= {"is_draft": True, "content_hash": None}
    never_signed["versions"].clear()
    for made in (begun, signed_anew, never_signed):
        assert verified(archive(made)).findings == []


def test_versions_from_before_there_were_signatures_are_held_against_those_that_were_signed(verified):
    made = note()
    without_signature(made["versions"][0])
    report = verified(archive(made))
    assert (report.findings, report.verified["versions"]) == ([], 1)
    assert report.notes == [f"note {UUID(int=1)}, version 1: is from before versions were signed"]


@pytest.mark.parametrize(
    ("said", "twice"),
    [
        ('"plan": "Rest 2.\\n"', '"plan": "Rest.", "plan": "Rest 2.\\n"'),
        ('"versions": [', '"versions": [], "versions": ['),
    ],
)
def test_an_archive_that_two_readers_understand_differently_is_not_read(verified, said, twice):
    made = json.dumps(note()).replace(said, twice)
    assert twice in made
    with pytest.raises(Unreadable, match="twice"):
        verified(archive(manifest={NOTE: made.encode()}.items()))


def test_a_genuine_note_in_anothers_place_is_named(verified):
    assert verified(archive(told={"client_id": str(UUID(int=7))})).findings == [f"note {UUID(int=1)}: is another client's"]
    made = note()
    made["note"]["id"] = str(UUID(int=5))
    assert f"{NOTE}: is another note" in verified(archive(made)).findings


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_a_finding_and_an_archive_without_manifest_is_none(verified):
    assert "more than once" in verified(archive(extra=[("client.json", b"{}")])).findings[0]
    with pytest.raises(Unreadable, match="cut off"):
        verified(archive(drop=["manifest.json"]))


def of_all(*, left_out=(), renamed=None, changed=None, exported=None):
    """An archive of two clients, as a whole workspace is exported."""
    entries = {}
    for number in (7, 8):
        client_id = str(UUID(int=number))
        told = {"format": "caseload client export", "format_version": 1, "workspace_id": WORKSPACE, "client_id": client_id}
        source = archive(note(number))
        out = io.BytesIO()
        with ZipFile(io.BytesIO(source)) as alone, ZipFile(out, "w") as file:
            for name in alone.namelist():
                content = alone.read(name)
                if name == "manifest.json":
                    content = json.dumps(json.loads(content) | told)
                file.writestr(name, b"another" if (number, name) == changed else content)
        entries[f"clients/{renamed if renamed and number == 8 else client_id}.zip"] = out.getvalue()
    listed = [{"name": name, "size": len(data), "sha256": sha256(data).hexdigest()} for name, data in entries.items()]
    told = {
        "format": "caseload workspace export",
        "format_version": 1,
        "workspace_id": WORKSPACE,
        "exported": exported or 2,
        "entries": listed,
    }
    out = io.BytesIO()
    with ZipFile(out, "w") as file:
        for name, data in entries.items():
            if name not in left_out:
                file.writestr(name, data)
        file.writestr("manifest.json", json.dumps(told))
    return out.getvalue()


def test_the_archive_of_a_whole_workspace_verifies_client_by_client(verified):
    report = verified(of_all())
    assert (report.findings, report.verified) == ([], {"files": 2 + 8, "versions": 4, "clients": 2})


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"left_out": [f"clients/{UUID(int=8)}.zip"]}, f"file clients/{UUID(int=8)}.zip: is missing"),
        ({"changed": (8, "files/scan.png")}, f"clients/{UUID(int=8)}.zip: file files/scan.png: was changed"),
        ({"renamed": str(UUID(int=9))}, f"clients/{UUID(int=9)}.zip: is of another client"),
        ({"exported": 3}, "manifest.json: says that 3 clients were exported, and 2 are there"),
    ],
)
def test_what_is_wrong_with_one_client_of_a_workspace_is_named(verified, changes, found):
    assert found in verified(of_all(**changes)).findings


def test_keys_that_change_in_the_middle_of_a_log_leave_earlier_checkpoints_and_proofs_as_they_were(verified):
    """The key that signs from checkpoint 10 on is another one. Who trusts both finds everything whole; who trusts one finds what it has not signed."""
    later = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
    raw = later.public_key().public_bytes_raw()
    its_name = {"key_id": thumbprint(raw), "public_key": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}

    def signed_later(told):
        if int(told["tree_size"]) < 10:
            return told
        told = told | {"key_id": its_name["key_id"]}
        return told | {"signature": base64.b64encode(later.sign(signed_message(told))).decode()}

    made = []
    for each in file_of():
        if "consistency" in each:
            each |= {"checkpoint": signed_later(each["checkpoint"]), "newest": signed_later(each["newest"]), "keys": [PUBLIC, its_name]}
        elif "root_hash" in each:
            each = signed_later(each)  # noqa: PLW2901 - of the same kind
        elif "keys" in each:
            each |= {"keys": [PUBLIC, its_name]}
        made.append(each)
    assert any(each.get("key_id") == its_name["key_id"] for each in made)
    both = verified(lines(made), trusted={PUBLIC["key_id"]: RAW, its_name["key_id"]: raw})
    assert (both.findings, both.verified["proofs"]) == ([], 2)
    newer = verified(lines(made), trusted={its_name["key_id"]: raw}).findings
    assert newer
    assert all("not trusted" in each for each in newer)


# ---------------------------------------------------------------- the command


def test_a_file_of_keys_does_not_pass_for_the_manifest_of_an_export(tmp_path, capsys):
    made, previous = [], GENESIS.hex()
    for event in events(4):
        made.append(event | {"previous_hash": previous})
        previous = event["hash"]
    export, keys = tmp_path / "export.jsonl", tmp_path / "manifest.json"
    export.write_text(lines(made[:-1]))
    keys.write_text(json.dumps({"algorithm": "Ed25519", "keys": [PUBLIC]}))
    assert main([str(export), str(keys)]) == 1
    assert "FOUND: manifest.json: has keys alone, and is no manifest of the export export.jsonl" in capsys.readouterr().out
    assert main([str(export)]) == 0, "without a manifest its lines are verified alone"


def test_the_command_says_what_it_found(tmp_path, capsys):
    whole, wrong, keys = tmp_path / "whole.jsonl", tmp_path / "wrong.jsonl", tmp_path / "keys.json"
    whole.write_text(lines(file_of()))
    wrong.write_text(lines([each for each in file_of() if each.get("sequence") != 4]))
    keys.write_text(json.dumps({"keys": [PUBLIC]}))
    assert main([str(whole), "--keys", str(keys)]) == 0
    assert "20 events" in capsys.readouterr().out
    assert main([str(wrong)]) == 1
    said = capsys.readouterr().out
    assert "FOUND: event 4: missing" in said
    assert "--keys" in said
    assert main([str(tmp_path / "none")]) == 2
    (tmp_path / "empty").write_text("")
    assert main([str(tmp_path / "empty")]) == 2, "nothing was verified"


def test_it_runs_where_nothing_is_installed_but_cryptography(servers, tmp_path):
    folder = tmp_path / "installed"
    folder.mkdir()
    for name in ("cryptography", "cffi", "_cffi_backend"):
        spec = find_spec(name)
        if spec is not None:
            origin = Path(spec.origin)
            source = origin.parent if origin.name == "__init__.py" else origin
            (folder / source.name).symlink_to(source)
    (folder / "caseload_verify").symlink_to(Path(caseload_verify.__file__).parent)
    file = tmp_path / "events.jsonl"
    file.write_text(lines(file_of()))
    start = f"import sys, runpy; sys.path[:] = [each for each in sys.path if 'site-packages' not in each] + [{str(folder)!r}]; sys.argv = ['x', {str(file)!r}]; runpy.run_module('caseload_verify', run_name='__main__')"
    told = subprocess.run([sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert "verified: 17 checkpoints, 20 events, 2 proofs; 0 findings" in told.stdout
