"""What is sealed today opens tomorrow: values, wrapped keys and indexes as an earlier release wrote them."""

import base64
import json
from uuid import UUID

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message_factory import GetMessageClass

from caseload.clients.v1 import clients_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption import key_store
from chassis.encryption.blind_index import fold
from chassis.encryption.framing import frame
from chassis.encryption.keyring import Keyring, SealBroken
from chassis.encryption.phi_fields import only_phi
from chassis.encryption.records import WorkspaceKeys

ROW = UUID(int=9)
KEYS = WorkspaceKeys("clients", UUID(int=7), active=258, keys={258: b"s" * 32}, index=b"i" * 32)
RING = Keyring("root-1", {"root-1": b"r" * 32}, b"i" * 32)
# The same key, which has sealed values since before columns were bound to them.
KEYS_FROM_BEFORE = WorkspaceKeys("clients", UUID(int=7), active=258, keys={258: b"s" * 32}, index=b"i" * 32, from_before=[258])
VALUE = bytes.fromhex("01000001026e6e6e6e6e6e6e6e6e6e6e6e9bae5ce0ed36f10445e577b55b099d33aa65a4ba0492b56351af8df12f62ad34fe")
OF_A_NAMED_ROW = bytes.fromhex("01000001026e6e6e6e6e6e6e6e6e6e6e6e9bae5ce0ed36f10445e577b55b099d33aa4d284d319b808671c226d3f73db23eb1")
BOUND_VALUE = bytes.fromhex("02000001026e6e6e6e6e6e6e6e6e6e6e6e9bae5ce0ed36f10445e577b55b099d33aaa401fce7343b288ce04f97d677804a4d")
BOUND_VALUE_OF_A_NAMED_ROW = bytes.fromhex(
    "02000001026e6e6e6e6e6e6e6e6e6e6e6e9bae5ce0ed36f10445e577b55b099d33aab4b9ba3bc078296574ffd7b263a4a370"
)
WRAPPED = bytes.fromhex(
    "0106726f6f742d316e6e6e6e6e6e6e6e6e6e6e6e1ffff5225a65a0a05c4bd9ad53b80e1846b6ed9523f80756dbf6da924a32bf36458fb54e33b2f4249960201f112a3052"
)


def test_a_value_opens_as_it_was_written():
    """A format, the key's number in four bytes, twelve of nonce, the text and sixteen of tag, bound to the place."""
    assert KEYS_FROM_BEFORE.open_bytes(VALUE, table="clients", row=ROW, revision=770) == b"anxious since May"
    assert KEYS_FROM_BEFORE.open_bytes(VALUE, table="clients", row=str(ROW), revision=770) == b"anxious since May"
    of_a_named_row = {"table": "clients", "row": "note 9", "revision": 770, "column": "file_name"}
    assert KEYS_FROM_BEFORE.open_bytes(OF_A_NAMED_ROW, **of_a_named_row) == b"anxious since May"
    for keys in (KEYS, KEYS_FROM_BEFORE):
        assert keys.open_bytes(BOUND_VALUE, table="clients", row=ROW, revision=770) == b"anxious since May"
        assert keys.open_bytes(BOUND_VALUE_OF_A_NAMED_ROW, **of_a_named_row, bound=b"bound") == b"anxious since May"


def test_a_value_is_written_like_that(monkeypatch):
    monkeypatch.setattr("os.urandom", lambda count: b"n" * count)
    for keys in (KEYS, KEYS_FROM_BEFORE):
        assert keys.seal_bytes(b"anxious since May", table="clients", row=ROW, revision=770) == BOUND_VALUE
        of_a_named_row = keys.seal_bytes(
            b"anxious since May", table="clients", row="note 9", revision=770, column="file_name", bound=b"bound"
        )
        assert of_a_named_row == BOUND_VALUE_OF_A_NAMED_ROW
    assert RING.wrap(b"k" * 32, b"here") == WRAPPED


def test_a_value_is_of_one_format_only():
    place = {"table": "clients", "row": ROW, "revision": 770}
    with pytest.raises(SealBroken, match="a format that its key never wrote"):
        KEYS.open_bytes(VALUE, **place)
    for value, format_byte in ((VALUE, b"\x02"), (BOUND_VALUE, b"\x01")):
        with pytest.raises(SealBroken, match="does not open"):
            KEYS_FROM_BEFORE.open_bytes(format_byte + value[1:], **place)


def test_a_value_opens_with_what_is_bound_to_it_alone():
    place = {"table": "clients", "row": ROW, "revision": 770}
    sealed = KEYS.seal_bytes(b"anxious since May", **place, bound=b"client 1")
    for bound in (b"", b"client 2", b"client 1 "):
        with pytest.raises(SealBroken, match="does not open"):
            KEYS.open_bytes(sealed, **place, bound=bound)


def test_the_digest_of_a_record_depends_on_all_of_it_and_on_the_key():
    place = {"table": "clients", "row": ROW, "revision": 770}
    other_key = WorkspaceKeys("clients", UUID(int=7), active=258, keys={258: b"s" * 32}, index=b"j" * 32)
    digests = [
        KEYS.record_digest(b"text", **place, bound=b"columns"),
        KEYS.record_digest(b"text2", **place, bound=b"columns"),
        KEYS.record_digest(b"text", **place, bound=b"2columns"),
        KEYS.record_digest(b"text", **{**place, "revision": 771}, bound=b"columns"),
        KEYS.record_digest(b"text", **{**place, "row": UUID(int=8)}, bound=b"columns"),
        other_key.record_digest(b"text", **place, bound=b"columns"),
    ]
    assert {len(digest) for digest in digests} == {32}
    assert len(set(digests)) == len(digests)
    sealed_again = WorkspaceKeys("clients", UUID(int=7), active=259, keys={259: b"t" * 32}, index=b"i" * 32)
    assert sealed_again.record_digest(b"text", **place, bound=b"columns") == digests[0]


def test_the_trail_holds_these_digests_of_a_record_and_of_its_deletion():
    """HMAC-SHA-256 of the purpose, the place, the bound columns and the values, each after its length."""
    place = {"table": "clients", "row": ROW, "revision": 770}
    digests = [
        KEYS.record_digest(b"text", **place, bound=b"columns"),
        KEYS.record_digest(b"text", b"file_name", b"x.png", **place, bound=b"columns"),
        KEYS.deletion_digest(**place),
    ]
    assert [digest.hex() for digest in digests] == [
        "75186a9d5debb25159ea183bb853669be709cdfa9b71968045b07824f749d606",
        "673c2dba0971ca468dcf5a2214ae7e2818c75a3ea7143fdde8352d772af5b2ea",
        "51648a9a8bd219b58a9ed83f9ec3ab54c659bfe2f446072147a9fbfab97dc3c9",
    ]


def test_an_empty_value_is_a_value_and_anything_shorter_is_none():
    sealed = KEYS.seal_bytes(b"", table="clients", row=ROW, revision=1)
    assert len(sealed) == 33
    assert KEYS.open_bytes(sealed, table="clients", row=ROW, revision=1) == b""
    with pytest.raises(SealBroken, match="is not a sealed value"):
        KEYS.open_bytes(sealed[:-1], table="clients", row=ROW, revision=1)
    with pytest.raises(SealBroken, match="is not a sealed value"):
        KEYS.open_bytes(b"\x03" + sealed[1:], table="clients", row=ROW, revision=1)
    with pytest.raises(SealBroken, match="a key that is gone"):
        KEYS.open_bytes(b"\x02\0\0\0\x01" + sealed[5:], table="clients", row=ROW, revision=1)


def test_a_value_says_where_it_does_not_open_and_nothing_of_its_keys():
    with pytest.raises(SealBroken, match=rf"clients\.clients\.sealed of {ROW} does not open at revision 2"):
        KEYS.open_bytes(BOUND_VALUE, table="clients", row=ROW, revision=2)
    assert repr(KEYS) == "<keys of 00000000-0000-0000-0000-000000000007>"


def test_bytes_that_are_no_message_are_a_broken_seal():
    sealed = KEYS.seal_bytes(b"\xff", table="clients", row=ROW, revision=1)
    with pytest.raises(SealBroken, match=r"clients\.clients\.sealed holds no Client"):
        KEYS.open(sealed, into=clients_pb2.Client(), table="clients", row=ROW, revision=1)


def test_a_wrapped_key_opens_as_it_was_written():
    assert RING.unwrap(WRAPPED, b"here") == b"k" * 32
    for broken in (b"", b"\x01", b"\x02" + WRAPPED[1:]):
        with pytest.raises(SealBroken, match="not a wrapped key"):
            RING.unwrap(broken, b"here")
    with pytest.raises(SealBroken, match="does not hold"):
        Keyring("root-2", {"root-2": b"r" * 32}, b"i" * 32).unwrap(WRAPPED, b"here")
    for unknown in (b"\x01\0", b"\x01\x02\xff\xfe" + WRAPPED[8:]):
        with pytest.raises(SealBroken, match="does not hold"):
            RING.unwrap(unknown, b"here")
    for cut in (WRAPPED[:10], WRAPPED[:20], WRAPPED[:-1]):
        with pytest.raises(SealBroken, match="does not open"):
            RING.unwrap(cut, b"here")


def test_indexes_are_what_they_were():
    email = bytes.fromhex("0bfd6474323f7492a8b918fa54cc1d9e")
    assert KEYS.exact("email", "a@example.com") == RING.deployment_index("email", "a@example.com") == email


def test_case_and_accents_are_left_away():
    assert fold("MÜLLER") == fold("mu\u0308ller") == "muller"
    assert fold("Straße") == "strasse"


def test_parts_are_told_apart_by_their_lengths():
    assert frame() == b""
    assert frame(b"ab", b"") == b"\0\0\0\x02ab\0\0\0\0"
    assert frame(b"x" * 258)[:4] == b"\0\0\x01\x02"


@pytest.mark.parametrize(
    ("active", "keys", "index", "why"),
    [
        ("2", {"1": 32}, 32, "active key"),
        ("1", {"1": 31}, 32, "32 bytes"),
        ("1", {"1": 32, "2": 33}, 32, "32 bytes"),
        ("1", {"1": 32}, 16, "32 bytes"),
        ("", {"": 32}, 32, "1 to 255"),
        ("1", {"1": 32, "x" * 256: 32}, 32, "1 to 255"),
    ],
)
def test_a_keyring_that_could_not_wrap_is_refused(active, keys, index, why):
    with pytest.raises(ValueError, match=why):
        Keyring(active, {name: b"r" * size for name, size in keys.items()}, b"i" * index)


def test_a_root_keys_name_has_up_to_255_bytes():
    name = "x" * 255
    assert Keyring(name, {name: b"r" * 32}, b"i" * 32).active == name


def test_a_made_keyring_is_written_as_it_is_read(tmp_path):
    Keyring.generate().save(tmp_path / "keyring.json")
    written = json.loads((tmp_path / "keyring.json").read_text())
    assert written.keys() == {"active", "keys", "index"}
    assert (written["active"], list(written["keys"])) == ("1", ["1"])
    assert len(base64.b64decode(written["keys"]["1"])) == len(base64.b64decode(written["index"])) == 32
    assert Keyring.parse(json.dumps(written)).active == "1"
    whole = written["index"]
    for broken in ("not base64!", "c2hvcnQ", f"{whole[:5]}!{whole[5:]}"):
        with pytest.raises(ValueError, match="not a keyring"):
            Keyring.parse(json.dumps({**written, "index": broken}))
        with pytest.raises(ValueError, match="not a keyring"):
            Keyring.parse(json.dumps({**written, "keys": {"1": broken}}))


def test_a_keyring_is_on_the_disk_whole_before_anybody_relies_on_it(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("os.fsync", lambda descriptor: seen.append(json.loads((tmp_path / "keyring.json").read_text())))
    Keyring.generate().save(tmp_path / "keyring.json")
    assert [written["active"] for written in seen] == ["1"]


def test_keys_that_were_destroyed_are_out_of_every_process_within_a_minute():
    assert 0 < key_store._SECONDS_KEPT <= 60


def made_up(name, *, declared):
    """A message with a name that is PHI, and a part that holds PHI, which is declared or not."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=name, syntax="proto3")
    file.dependency.append(options_pb2.DESCRIPTOR.name)
    part, whole = file.message_type.add(name="Part"), file.message_type.add(name="Whole")
    for message in (part, whole):
        field = message.field.add(name="name", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
        field.options.Extensions[options_pb2.phi] = True
    for number, kind in ((2, "LABEL_OPTIONAL"), (3, "LABEL_REPEATED")):
        field = whole.field.add(name=f"part_{number}", number=number, type="TYPE_MESSAGE", type_name=f".{name}.Part", label=kind)
        field.options.Extensions[options_pb2.phi] = declared
    descriptor_pool.Default().Add(file)
    return GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(f"{name}.Whole"))


def test_a_part_that_holds_phi_and_is_not_declared_so_is_not_left_out_in_silence():
    with pytest.raises(TypeError, match="part_2 holds PHI and is not declared so"):
        only_phi(made_up("undeclared_part", declared=False)(name="Ada"))


def test_a_part_that_is_declared_is_sealed_with_the_rest():
    said = made_up("declared_part", declared=True)(name="Ada", part_2={"name": "one"}, part_3=[{"name": "two"}, {"name": "three"}])
    assert only_phi(said) == said


def test_what_is_no_phi_is_left_out_and_what_was_not_said_stays_unsaid():
    said = clients_pb2.Client(id="x", first_name="Ada", tags=["a"], version=3)
    assert only_phi(said) == clients_pb2.Client(first_name="Ada", tags=["a"])
    assert only_phi(clients_pb2.Client(id="x")) == clients_pb2.Client()


def test_what_a_message_holds_that_its_type_does_not_know_is_left_out():
    said = clients_pb2.ListedClient.FromString(clients_pb2.Client(medical_history="x").SerializeToString())
    assert said.SerializeToString()
    assert only_phi(said).SerializeToString() == b""
