"""Exports of the trail as an auditor has them, each with its signed manifest: what is whole verifies, and whatever was changed is named."""

import base64
import copy
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseload_verify.__main__ import main
from caseload_verify.events import GENESIS, entry_hash
from caseload_verify.keys import thumbprint

WORKSPACE = str(UUID(int=7))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()
PUBLIC = {"key_id": thumbprint(RAW), "public_key": base64.urlsafe_b64encode(RAW).rstrip(b"=").decode()}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PART = 4


def events(count=12, first=1):
    made, previous = [], GENESIS
    for sequence in range(1, count + first):
        event = {
            "id": str(UUID(int=sequence)), "workspace_id": WORKSPACE, "user_id": None, "event_type": "get_client", "resource_type": "Client",
            "resource_id": None, "action": "READ", "outcome": "success", "ip_address": "192.0.2.7", "user_agent": None, "session_id": None,
            "metadata": {"facts": {"name": "膝"}}, "retention_until": "2033-03-02", "sequence": sequence,
            "created_at": (NOON + timedelta(seconds=sequence)).isoformat(),
        }  # fmt: skip
        digest = entry_hash(previous, sequence, event)
        made.append(event | {"previous_hash": previous.hex(), "hash": digest.hex()})
        previous = digest
    return made[first - 1 :]


def text(some):
    return [json.dumps(event, ensure_ascii=False) + "\n" for event in some]


def manifest_of(some, written, *, kind="jsonl"):
    content = [line.encode() for line in written]
    steps = [content[n : n + PART] for n in range(0, len(content), PART)]
    ends = (some[0]["sequence"], some[-1]["sequence"], some[0]["previous_hash"], some[-1]["hash"]) if some else (None,) * 4
    return {
        "workspace_id": WORKSPACE,
        "format": kind,
        "row_count": len(some),
        "file": {"name": f"export.{kind}", "size": len(b"".join(content)), "sha256": sha256(b"".join(content)).hexdigest()},
        "parts": [{"rows": len(step), "size": len(b"".join(step)), "sha256": sha256(b"".join(step)).hexdigest()} for step in steps],
        "chain": {
            **dict(zip(("first_sequence", "last_sequence", "first_previous_hash", "last_hash"), ends, strict=True)),
            "missing_events": 0,
            "first_missing": None,
            "is_contiguous": bool(some) and len(some) == ends[1] - ends[0] + 1,
        },
    }


def signed(manifest, key=KEY):
    message = b"caseload audit export v1\n" + json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = base64.urlsafe_b64encode(key.sign(message)).rstrip(b"=").decode()
    told = {"format": "caseload audit export", "format_version": 1, "manifest": manifest, "key_id": PUBLIC["key_id"]}
    return told | {"signature": signature, "keys": [PUBLIC]}


@pytest.fixture
def verified(tmp_path, capsys):
    """What the command ends with, and what it says, of a file and its manifest."""

    def verify(written, manifest, *more):
        file, beside = tmp_path / "renamed", tmp_path / "manifest.json"
        file.write_bytes(written if isinstance(written, bytes) else "".join(written).encode())
        beside.write_text(manifest if isinstance(manifest, str) else json.dumps(manifest, indent=2))
        status = main([str(file), str(beside), *more])
        told = capsys.readouterr()
        return status, told.out + told.err

    return verify


@pytest.mark.parametrize("some", [events(), events(9, first=5), events(1), events()[::3], []])
def test_an_export_that_is_whole_verifies_with_its_manifest(verified, some, tmp_path):
    (tmp_path / "keys").write_text(json.dumps({"keys": [PUBLIC]}))
    status, said = verified(text(some), signed(manifest_of(some, text(some))), "--keys", str(tmp_path / "keys"))
    assert (status, "1 exports" in said, "note" in said) == (0, True, False), said
    assert f"{len(some)} events" in said or not some


@pytest.mark.parametrize("some", [events(), events()[::2]])
@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[1:],
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:3], lines[0], *lines[3:]],
        lambda lines: [lines[0].replace("READ", "PRINT"), *lines[1:]],
        lambda _lines: [],
        lambda lines: [*lines[:2], "\n", *lines[2:]],
    ],
)
def test_whatever_is_changed_in_an_export_is_found_in_one_with_gaps_too(verified, some, change):
    status, said = verified(change(text(some)), signed(manifest_of(some, text(some))))
    assert (status, "export export.jsonl: " in said) == (1, True), said


def test_of_an_export_with_gaps_the_part_is_named_in_which_a_line_was_left_out(verified):
    some = events(30)[::2]
    whole = text(some)
    status, said = verified([*whole[:6], *whole[7:]], signed(manifest_of(some, whole)))
    assert (status, "within rows 5 to 8" in said, "missing" in said.split("FOUND", 2)[1]) == (1, True, True), said
    # Alone it has gaps that nobody has signed.
    assert verified(whole, signed(manifest_of(some, whole), key=Ed25519PrivateKey.generate()))[0] == 1


def test_a_line_that_was_made_up_with_its_hash_is_found_by_the_manifest(verified):
    some = events()
    forged = {**some[-1], "action": "PRINT"}
    forged["hash"] = entry_hash(bytes.fromhex(forged["previous_hash"]), forged["sequence"], forged).hex()
    status, said = verified(text([*some[:-1], forged]), signed(manifest_of(some, text(some))))
    assert (status, "within rows 9 to 12" in said, "has not the events" in said) == (1, True, True), said


def test_cells_are_verified_by_their_manifest(verified):
    rows = ["id,action\r\n", *(f'"{number}","READ"\r\n' for number in range(6))]
    manifest = manifest_of([], rows, kind="csv") | {"row_count": 7}
    assert verified(rows, signed(manifest))[0] == 0
    status, said = verified([*rows[:5], '"=1"\r\n', *rows[5:]], signed(manifest))
    assert (status, "within rows 5 to 7" in said) == (1, True), said


@pytest.mark.parametrize("member", ["row_count", "workspace_id", "format", "file", "parts", "chain"])
def test_a_manifest_that_was_changed_is_not_believed(verified, member):
    some = events()
    manifest = manifest_of(some, text(some))
    told = signed(copy.deepcopy(manifest))
    wrong = {"row_count": 11, "workspace_id": "x", "format": "csv", "file": {**manifest["file"], "size": 1}, "parts": [], "chain": {**manifest["chain"], "is_contiguous": False}}  # fmt: skip
    told["manifest"][member] = wrong[member]
    status, said = verified(text(some), told)
    assert (status, "manifest of export.jsonl: has a signature that does not hold" in said) == (1, True), said


def test_a_signed_manifest_of_another_workspace_or_that_contradicts_itself_is_a_finding(verified):
    some = events()
    manifest = manifest_of(some, text(some))
    assert "has not the events" in verified(text(some), signed({**manifest, "workspace_id": str(UUID(int=8))}))[1]
    assert "contradicts itself" in verified(text(some), signed({**manifest, "row_count": 11}))[1]


def test_what_was_missing_when_the_export_was_made_is_a_finding(verified):
    some = [*events()[:4], *events()[5:]]
    manifest = manifest_of(some, text(some))
    manifest["chain"] |= {"missing_events": 1, "first_missing": 5}
    status, said = verified(text(some), signed(manifest))
    assert (status, "event 5: was missing in the trail itself" in said) == (1, True), said


@pytest.mark.parametrize("but", [{"format_version": 2}, {"manifest": {}}, {"keys": None}, {"signature": "!"}])
def test_a_manifest_of_another_form_cannot_be_read(verified, but):
    some = events()
    assert verified(text(some), signed(manifest_of(some, text(some))) | but)[0] == 2


@pytest.mark.parametrize("form", [{"format": "x"}, {"format": None}, {"format": "x", "manifest": {}}])
def test_a_manifest_whose_form_was_changed_is_not_passed_over(verified, form):
    """On one line, as the API answers it, it could be taken for a line of keys."""
    some = events()
    told = signed(manifest_of(some, text(some))) | form
    assert verified(text(some)[:-1], json.dumps(told))[0] == 2


def test_a_manifest_that_no_reader_can_take_is_none(verified):
    some = events()
    manifest = manifest_of(some, text(some))
    told = signed(manifest) | {"manifest": {**manifest, "file": {**manifest["file"], "size": float("inf")}}}
    assert verified(text(some), told)[0] == 2
    assert verified(text(some), '{"manifest": ' + "[" * 100_000)[0] == 2


def test_a_manifest_is_named_after_its_file(tmp_path, capsys):
    some = events()
    file, beside = tmp_path / "export.jsonl", tmp_path / "manifest.json"
    file.write_text("".join(text(some)))
    beside.write_text(json.dumps(signed(manifest_of(some, text(some)))))
    assert [main([str(path) for path in paths]) for paths in ([beside, file], [beside], [file, beside, beside])] == [2, 2, 2]
    assert "after the file" in capsys.readouterr().err
    assert main([str(file), str(file), str(beside)]) == 0
