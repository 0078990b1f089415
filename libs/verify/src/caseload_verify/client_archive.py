"""The archive of a client: every file of its manifest, and every signed version of its notes; or of all clients of a workspace, an archive of such archives (docs/client-export.md)."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from zipfile import BadZipFile, ZipFile

from caseload_verify import strict_json
from caseload_verify.keys import Keys, unpadded
from caseload_verify.report import Report, Unreadable

_MANIFEST = "manifest.json"
_OF_ALL = ("caseload workspace export", 1)
_FORMS = {("caseload client export", 1), _OF_ALL}
_AS_THEY_ARE = ("assessment", "duration_minutes", "kind", "objective", "plan", "reason", "subjective", "version_number")
# What a signed note says as its newest version does.
_OF_NOTE = ("assessment", "duration_minutes", "objective", "plan", "session_date", "subjective")
_PIECE = 1024 * 1024


def verify_archive(archive: ZipFile, keys: Keys, report: Report) -> None:
    """Verifies all of it. Raises Unreadable for what is no archive of a client."""
    try:
        names = archive.namelist()
        if _MANIFEST not in names:
            raise Unreadable("this is no archive of a client, or it was cut off: it has no manifest.json")
        manifest = strict_json.loads(archive.read(_MANIFEST))
        form = (manifest["format"], manifest["format_version"])
        if form not in _FORMS:
            raise Unreadable("this archive is of a form that is not known here")
        _verify_files(archive, names, manifest, report)
        if form == _OF_ALL:
            _verify_clients(archive, names, manifest, keys, report)
            return
        if "signing-keys.json" in names:
            keys.offered(strict_json.loads(archive.read("signing-keys.json"))["keys"], report)
        for name in names:
            if name.startswith("notes/") and name.endswith(".json"):
                _verify_note_of(name, strict_json.loads(archive.read(name)), manifest, keys, report)
    except (BadZipFile, KeyError, TypeError, ValueError, NotImplementedError) as error:
        raise Unreadable(f"this archive cannot be read: {error}") from error


def _verify_clients(archive: ZipFile, names: list[str], manifest: Mapping[str, Any], keys: Keys, report: Report) -> None:
    """Every client's archive, one after the other; what is found names the client's archive."""
    inner = [name for name in names if name.startswith("clients/") and name.endswith(".zip")]
    if len(inner) != int(manifest["exported"]):
        report.findings.append(f"{_MANIFEST}: says that {manifest['exported']} clients were exported, and {len(inner)} are there")
    for name in inner:
        found = Report()
        try:
            with archive.open(name) as file, ZipFile(file) as of_client:
                told = strict_json.loads(of_client.read(_MANIFEST))
                if f"clients/{told['client_id']}.zip" != name or told["workspace_id"] != manifest["workspace_id"]:
                    found.findings.append("is of another client")
                verify_archive(of_client, keys, found)
        except (Unreadable, BadZipFile, KeyError, TypeError, ValueError) as error:
            found.findings.append(f"cannot be read: {error}")
        report.findings += [f"{name}: {each}" for each in found.findings]
        report.notes += [f"{name}: {each}" for each in found.notes]
        report.verified += found.verified
        report.own_keys |= found.own_keys
    report.verified["clients"] += len(inner)


def _verify_files(archive: ZipFile, names: list[str], manifest: Mapping[str, Any], report: Report) -> None:
    listed = {entry["name"]: entry for entry in manifest["entries"]}
    times = Counter(names)
    for name in names:
        if times[name] > 1:
            report.findings.append(f"file {name}: is there more than once")
        elif name not in listed and name != _MANIFEST:
            report.findings.append(f"file {name}: was inserted; the manifest does not list it")
    for name, entry in listed.items():
        if name not in times:
            report.findings.append(f"file {name}: is missing")
            continue
        digest, size = sha256(), 0
        try:
            with archive.open(name) as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
        except BadZipFile:
            report.findings.append(f"file {name}: was changed")
            continue
        if (digest.hexdigest(), size) != (entry["sha256"], entry["size"]):
            report.findings.append(f"file {name}: was changed")
        else:
            report.verified["files"] += 1


def _verify_note_of(name: str, found: Mapping[str, Any], manifest: Mapping[str, Any], keys: Keys, report: Report) -> None:
    """Verifies a note of the archive. One of another client may be as genuine, and has no place here."""
    note = found["note"]
    if name != f"notes/{note['id']}.json":
        report.findings.append(f"{name}: is another note")
    if (note["client_id"], note["workspace_id"]) != (manifest["client_id"], manifest["workspace_id"]):
        report.findings.append(f"note {note['id']}: is another client's")
    verify_note(found, keys, report)


def verify_note(found: Mapping[str, Any], keys: Keys, report: Report) -> None:
    """Verifies the versions of a note, the oldest first, and the note by them. Stops at the first that does not hold."""
    note: Mapping[str, Any] = found["note"]
    versions: Sequence[Mapping[str, Any]] = found["versions"]
    previous: Mapping[str, Any] | None = None
    for place, version in enumerate(versions, 1):
        name = f"note {note['id']}, version {version['version_number']}"
        if version["version_number"] != place:
            report.findings.append(f"note {note['id']}, version {place}: is missing, or out of order")
            return
        if fault := _version_fault(version, note, previous, keys):
            report.findings.append(f"{name}: {fault}")
            return
        if version["signature"] is None:
            report.notes.append(f"{name}: is from before versions were signed")
        else:
            report.verified["versions"] += 1
        cosignature = version.get("cosignature")
        if cosignature is not None:
            if fault := _cosignature_fault(cosignature, version, note, keys):
                report.findings.append(f"{name}: its co-signature {fault}")
            else:
                report.verified["co-signatures"] += 1
        previous = version
    if fault := _note_fault(note, versions):
        report.findings.append(f"note {note['id']}: {fault}")


def _version_fault(version: Mapping[str, Any], note: Mapping[str, Any], previous: Mapping[str, Any] | None, keys: Keys) -> str | None:
    before = None if previous is None else previous["content_hash"]
    if version["previous_hash"] != before:
        return "does not follow the version before it"
    signed = {name: version[name] for name in _AS_THEY_ARE} | {
        "author_user_id": note["created_by_user_id"],
        "client_id": note["client_id"],
        "form": 1,
        "previous_hash": before,
        "session_date": _time(version["session_date"]),
        "session_id": note["id"],
        "signed_at": _time(version["created_at"]),
        "signed_by_user_id": version["created_by_user_id"],
        "workspace_id": note["workspace_id"],
    }
    if sha256(_canonical(signed)).hexdigest() != version["content_hash"]:
        return "was changed, or is of another record that was merged into this one"
    if version["signature"] is None:
        # Its hash is the same all the same, and what was signed after it has that hash.
        return None if previous is None or previous["signature"] is None else "has no signature, and the version before it has one"
    return keys.fault(
        version["key_id"], unpadded(version["signature"]), b"caseload session version v1\n" + version["content_hash"].encode()
    )


def _note_fault(note: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> str | None:
    """Why the note is not as its newest version says. It may have been signed again while the archive was written."""
    hashed = note["content_hash"]
    told = next((version for version in versions if version["content_hash"] == hashed), None)
    if hashed is None:
        # It was last signed before versions had hashes, or never.
        told = versions[-1] if versions else None
        if told is not None and told["signature"] is not None:
            return "does not tell its newest version"
    if told is None:
        return None if hashed is None and note["is_draft"] else "its newest version is missing"
    # What a draft says has not been signed yet.
    if not note["is_draft"] and any(note[name] != told[name] for name in _OF_NOTE):
        return "is not as its newest version says"
    return None


def _cosignature_fault(cosignature: Mapping[str, Any], version: Mapping[str, Any], note: Mapping[str, Any], keys: Keys) -> str | None:
    comment = cosignature.get("comment")
    signed = {
        "comment_hash": None if comment is None else sha256(comment.encode()).hexdigest(),
        "content_hash": version["content_hash"],
        "cosigned_at": _time(cosignature["created_at"]),
        "cosigned_by_user_id": cosignature["signed_by_user_id"],
        "decision": cosignature["decision"],
        "form": 1,
        "role": cosignature["role"],
        "session_id": note["id"],
        "version_number": version["version_number"],
        "workspace_id": note["workspace_id"],
    }
    return keys.fault(cosignature["key_id"], unpadded(cosignature["signature"]), b"caseload session cosignature v1\n" + _canonical(signed))


def _canonical(content: Mapping[str, Any]) -> bytes:
    """RFC 8785, of strings, small integers and null."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _time(text: str) -> str:
    """With six digits after the second."""
    head, _, rest = text.removesuffix("Z").partition(".")
    return f"{head}.{rest:0<6}Z"
