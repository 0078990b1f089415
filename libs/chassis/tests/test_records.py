"""Sealed values open where they were sealed and nowhere else."""

import hmac
import json
import stat
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from chassis.encryption.blind_index import fold
from chassis.encryption.data_keys import DataKey, DataKeys
from chassis.encryption.keyed_hash import KeyedHash
from chassis.encryption.keyring import Keyring, SealBroken
from chassis.encryption.phi_fields import only_phi
from chassis.encryption.records import WorkspaceKeys

VECTORS = Path(__file__).parent / "vectors"
WORKSPACE = UUID("018f0000-0000-7000-8000-000000000001")
ROW = UUID("018f0000-0000-7000-8000-00000000000a")
PLACE: dict[str, Any] = {"table": "clients", "row": ROW, "revision": 7}


def vectors(name: str) -> list[Any]:
    loaded: list[Any] = json.loads((VECTORS / name).read_text())
    return [
        pytest.param({k: v if k in ("id", "result") else bytes.fromhex(v) for k, v in one.items()}, id=str(one["id"])) for one in loaded
    ]


def keys_of(
    workspace_id: UUID = WORKSPACE, *, service: str = "clients", key: bytes = b"s" * 32, index: bytes = b"i" * 32, active: int = 1
) -> WorkspaceKeys:
    return WorkspaceKeys(service, workspace_id, active=active, keys={active: key}, index=index)


# --- the primitives are the ones we take them for


@pytest.mark.parametrize("vector", vectors("aes_gcm.json"))
def test_aes_gcm_agrees_with_wycheproof(vector: dict[str, Any]) -> None:
    cipher = AESGCM(vector["key"])
    sealed = vector["ct"] + vector["tag"]
    if vector["result"] == "valid":
        assert cipher.encrypt(vector["iv"], vector["msg"], vector["aad"]) == sealed
        assert cipher.decrypt(vector["iv"], sealed, vector["aad"]) == vector["msg"]
    else:
        with pytest.raises(InvalidTag):
            cipher.decrypt(vector["iv"], sealed, vector["aad"])


@pytest.mark.parametrize("vector", vectors("hmac_sha256.json"))
def test_hmac_sha256_agrees_with_wycheproof(vector: dict[str, Any]) -> None:
    agrees = hmac.compare_digest(KeyedHash(vector["key"])(vector["msg"]), vector["tag"])
    assert agrees is (vector["result"] == "valid")


# --- a value belongs to one cell


@given(data=st.binary(max_size=300), row=st.uuids(), revision=st.integers(0, 2**63 - 1))
def test_a_value_opens_in_its_own_place(data: bytes, row: UUID, revision: int) -> None:
    keys = keys_of()
    sealed = keys.seal_bytes(data, table="clients", row=row, revision=revision)
    assert keys.open_bytes(sealed, table="clients", row=str(row), revision=revision) == data
    assert data not in sealed or len(data) < 4


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param({"row": uuid4()}, id="another row"),
        pytest.param({"table": "sessions"}, id="another table"),
        pytest.param({"column": "file_name"}, id="another cell"),
        pytest.param({"revision": 6}, id="the row before"),
        pytest.param({"revision": 8}, id="rolled back"),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(elsewhere: dict[str, Any]) -> None:
    keys = keys_of()
    sealed = keys.seal_bytes(b"anxious since May", **PLACE)
    with pytest.raises(SealBroken):
        keys.open_bytes(sealed, **{**PLACE, **elsewhere})


def test_a_value_moved_to_another_tenant_does_not_open_even_under_the_same_key() -> None:
    sealed = keys_of().seal_bytes(b"anxious since May", **PLACE)
    with pytest.raises(SealBroken):
        keys_of(uuid4()).open_bytes(sealed, **PLACE)


def test_a_value_moved_to_another_service_does_not_open_even_under_the_same_key() -> None:
    sealed = keys_of().seal_bytes(b"anxious since May", **PLACE)
    with pytest.raises(SealBroken):
        keys_of(service="clinical").open_bytes(sealed, **PLACE)


@given(
    first=st.tuples(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6), st.text(max_size=6)),
    second=st.tuples(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6), st.text(max_size=6)),
)
def test_no_two_places_are_taken_for_one_another(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    keys = keys_of()
    sealed = keys.seal_bytes(b"x", table=first[0], column=first[1], row=first[2], revision=1)
    if first == second:
        assert keys.open_bytes(sealed, table=second[0], column=second[1], row=second[2], revision=1) == b"x"
    else:
        with pytest.raises(SealBroken):
            keys.open_bytes(sealed, table=second[0], column=second[1], row=second[2], revision=1)


@given(data=st.binary(max_size=64), where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_breaks_the_seal(data: bytes, where: float, bit: int) -> None:
    keys = keys_of()
    sealed = bytearray(keys.seal_bytes(data, **PLACE))
    sealed[int(where * len(sealed))] ^= 1 << bit
    with pytest.raises(SealBroken):
        keys.open_bytes(bytes(sealed), **PLACE)


@given(junk=st.binary(max_size=80))
def test_what_was_never_sealed_does_not_open(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        keys_of().open_bytes(junk, **PLACE)


def test_the_same_text_never_looks_the_same_twice() -> None:
    keys = keys_of()
    assert len({keys.seal_bytes(b"again", **PLACE) for _ in range(100)}) == 100


def test_a_broken_seal_says_where_and_never_what() -> None:
    keys = keys_of()
    sealed = keys.seal_bytes(b"anxious since May", **PLACE)
    with pytest.raises(SealBroken) as broken:
        keys.open_bytes(sealed, **{**PLACE, "revision": 1})
    assert str(ROW) in str(broken.value)
    assert "anxious" not in str(broken.value)


# --- a message is sealed by what its proto declares


def test_only_fields_declared_phi_are_sealed_and_opening_merges_them_back() -> None:
    keys = keys_of()
    told = clients_pb2.Client(id=str(ROW), first_name="Ada", email="", tags=["chronic", "north"], version=7, is_active=True)
    sealed = keys.seal(told, **PLACE)

    assert clients_pb2.Client.FromString(keys.open_bytes(sealed, **PLACE)) == clients_pb2.Client(
        first_name="Ada", email="", tags=["chronic", "north"]
    )
    opened = keys.open(sealed, into=clients_pb2.Client(id=str(ROW), version=7, is_active=True), **PLACE)
    assert opened == told
    assert opened.HasField("email")
    assert not opened.HasField("phone")


@given(subjective=st.none() | st.text(max_size=40), plan=st.none() | st.text(max_size=40), duration=st.none() | st.integers(0, 480))
def test_a_note_comes_back_as_it_was_sealed(subjective: str | None, plan: str | None, duration: int | None) -> None:
    keys = keys_of(service="clinical")
    note = sessions_pb2.Session(subjective=subjective, plan=plan, duration_minutes=duration)
    place: dict[str, Any] = {"table": "sessions", "row": ROW, "revision": 1}
    opened = keys.open(keys.seal(note, **place), into=sessions_pb2.Session(duration_minutes=duration), **place)
    assert opened == note


def test_a_message_without_phi_is_not_sealed_by_mistake() -> None:
    with pytest.raises(TypeError):
        only_phi(clients_pb2.GetClientRequest(client_id=str(ROW)))


def test_a_part_that_holds_phi_is_not_left_out_in_silence() -> None:
    with pytest.raises(TypeError):
        only_phi(clients_pb2.ClientPage())


# --- root keys


def test_a_keyring_survives_its_file_which_only_its_owner_may_read(tmp_path: Path) -> None:
    ring = Keyring.generate()
    ring.save(tmp_path / "keyring.json")
    again = Keyring.load(tmp_path / "keyring.json")

    assert again.unwrap(ring.wrap(b"k" * 32, b"here"), b"here") == b"k" * 32
    assert again.deployment_index("email", "a@example.com") == ring.deployment_index("email", "a@example.com")
    assert stat.S_IMODE((tmp_path / "keyring.json").stat().st_mode) == 0o600


def test_a_keyring_is_never_written_over(tmp_path: Path) -> None:
    Keyring.generate().save(tmp_path / "keyring.json")
    before = (tmp_path / "keyring.json").read_bytes()
    with pytest.raises(FileExistsError):
        Keyring.generate().save(tmp_path / "keyring.json")
    assert (tmp_path / "keyring.json").read_bytes() == before


def test_a_key_that_is_no_longer_active_still_unwraps() -> None:
    old, new, index = b"o" * 32, b"n" * 32, b"i" * 32
    wrapped = Keyring("old", {"old": old}, index).wrap(b"k" * 32, b"here")
    assert Keyring("new", {"new": new, "old": old}, index).unwrap(wrapped, b"here") == b"k" * 32
    with pytest.raises(SealBroken):
        Keyring("new", {"new": new}, index).unwrap(wrapped, b"here")


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_wrapped_key_with_a_flipped_bit_does_not_unwrap(where: float, bit: int) -> None:
    ring = Keyring("1", {"1": b"r" * 32}, b"i" * 32)
    wrapped = bytearray(ring.wrap(b"k" * 32, b"here"))
    wrapped[int(where * len(wrapped))] ^= 1 << bit
    with pytest.raises(SealBroken):
        ring.unwrap(bytes(wrapped), b"here")


def test_a_wrapped_key_moved_elsewhere_does_not_unwrap() -> None:
    ring = Keyring.generate()
    with pytest.raises(SealBroken):
        ring.unwrap(ring.wrap(b"k" * 32, b"here"), b"there")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"active": "1", "keys": {"1": "c2hvcnQ="}, "index": "c2hvcnQ="}', '{"active": "2", "keys": {}, "index": ""}']
)
def test_what_is_no_keyring_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Keyring.parse(text)


# --- blind indexes


def test_an_exact_index_depends_on_workspace_kind_and_value() -> None:
    keys = keys_of()
    assert keys.exact("email", "a@example.com") == keys.exact("email", "a@example.com")
    assert len(keys.exact("email", "a@example.com")) == 16
    assert keys.exact("email", "1") != keys.exact("phone", "1")
    assert keys.exact("email", "a@example.com") != keys_of(index=b"j" * 32).exact("email", "a@example.com")


def keys_with(*indexes: tuple[int, bool]) -> WorkspaceKeys:
    """The keys of a workspace with these versions of keys for indexes, each active or not; version 0 has the bytes of version 1."""
    keys = [DataKey("seal", 1, b"s" * 32, is_active=True, is_from_before=False)]
    keys += [DataKey("index", version, bytes([version or 1]) * 32, is_active=active, is_from_before=False) for version, active in indexes]
    return DataKeys(Keyring.generate(), "clients").together(WORKSPACE, keys)


def test_while_a_key_for_indexes_is_changed_rows_are_looked_for_under_both_and_written_under_one() -> None:
    before, added = keys_with((1, True)), keys_with((2, False), (0, False), (1, True))
    promoted, retired = keys_with((0, False), (1, False), (2, True)), keys_with((2, True), (0, False))
    old, new = before.exact("email", "a"), retired.exact("email", "a")
    assert old != new
    assert [keys.exact("email", "a") for keys in (before, added, promoted, retired)] == [old, old, new, new]
    assert [keys.index_version for keys in (before, added, promoted, retired)] == [1, 1, 2, 2]
    assert [keys.every_exact("email", "a") for keys in (before, added, promoted, retired)] == [[old], [old, new], [new, old], [new]]
    assert {version: index.exact("email", "a") for version, index in promoted.indexes.items()} == {1: old, 2: new}


def test_digests_are_made_with_the_first_key_for_indexes_whichever_finds() -> None:
    before = keys_with((1, True))
    for keys in (
        keys_with((0, False), (1, False), (2, True)),
        keys_with((0, False), (2, True)),
        keys_with((0, False), (3, True), (2, False)),
    ):
        assert keys.mac(b"proof", b"text") == before.mac(b"proof", b"text")
        assert keys.proofs.exact("request", "1") == before.proofs.exact("request", "1") == before.exact("request", "1")
        assert keys.deletion_digest(**PLACE) == before.deletion_digest(**PLACE)


@given(text=st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_no_key_is_seen_where_a_key_is_shown() -> None:
    key = DataKey(purpose="seal", version=1, key=b"nobody sees this", is_active=True, is_from_before=False)
    assert "nobody" not in repr(key)


def test_a_value_says_whether_it_was_sealed_before_columns_were_bound() -> None:
    sealed = keys_of().seal_bytes(b"text", **PLACE)
    assert not keys_of().is_from_before(sealed)
    assert keys_of().is_from_before(b"\x01" + sealed[1:])
