"""Root keys come from a file or a variable, as they are or encrypted by a KMS, and are changed without losing one."""

import base64
import json
import stat
from collections.abc import Iterator

import boto3
import pytest

from chassis.encryption.keyring import Keyring, SealBroken
from chassis.encryption.root_keys import RootKeysUnreadable, encrypted_keyring, load_keyring, save_keyring
from chassis.settings import Settings


@pytest.fixture(scope="module")
def kms_endpoint(servers: None) -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # takes a second to import, whichever tests are asked for

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms_key(kms_endpoint, monkeypatch):
    for name, value in {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "ENDPOINT_URL_KMS": kms_endpoint}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"]


def test_a_keyring_is_read_from_a_file_or_a_variable_and_from_one_of_them_alone(tmp_path, monkeypatch):
    ring = Keyring.generate()
    ring.save(tmp_path / "keyring.json")
    wrapped = ring.wrap(b"k" * 32, b"here")

    assert load_keyring(tmp_path / "keyring.json", "").unwrap(wrapped, b"here") == b"k" * 32
    assert load_keyring(None, ring.dump().decode()).unwrap(wrapped, b"here") == b"k" * 32
    with pytest.raises(RootKeysUnreadable, match="both set"):
        load_keyring(tmp_path / "keyring.json", ring.dump().decode())
    with pytest.raises(RootKeysUnreadable, match="CASELOAD_KEYRING_FILE is not set"):
        load_keyring(None, "")
    for broken in ("{}", "[]", "no JSON", '{"kms": "a", "keyring": "?"}', '{"kms": "a"}'):
        with pytest.raises(RootKeysUnreadable):
            load_keyring(None, broken)

    monkeypatch.setenv("CASELOAD_KEYRING", "the text")
    assert Settings(environment="development").keyring.get_secret_value() == "the text"
    monkeypatch.delenv("CASELOAD_KEYRING")
    monkeypatch.setenv("CASELOAD_KEYRING_FILE", str(tmp_path / "keyring.json"))
    settings = Settings(environment="development")
    assert (settings.keyring_file, settings.keyring.get_secret_value()) == (tmp_path / "keyring.json", "")


def test_a_keyring_that_a_kms_has_encrypted_is_decrypted_for_its_purpose_alone(kms_key, tmp_path):
    ring, file = Keyring.generate(), tmp_path / "keyring.json"
    ring.save(file)
    wrapped = ring.wrap(b"k" * 32, b"here")

    save_keyring(file, ring, kms_key=kms_key)

    stored = json.loads(file.read_text())
    assert (stored.keys(), stored["kms"]) == ({"kms", "keyring"}, kms_key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_keyring(file, "").unwrap(wrapped, b"here") == b"k" * 32
    assert load_keyring(None, file.read_text()).unwrap(wrapped, b"here") == b"k" * 32

    # As whoever may use the key for something else would encrypt it, and as it would be under another key.
    foreign = boto3.client("kms", region_name="eu-central-1").encrypt(KeyId=kms_key, Plaintext=ring.dump())["CiphertextBlob"]
    other = boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"]
    for broken in (
        {**stored, "keyring": base64.b64encode(foreign).decode()},
        {**stored, "keyring": stored["keyring"][:-8] + "AAAAAAA="},
        {**stored, "kms": other},
    ):
        with pytest.raises(RootKeysUnreadable, match="the KMS does not decrypt"):
            load_keyring(None, json.dumps(broken))
    with pytest.raises(RootKeysUnreadable, match="the KMS does not encrypt: NotFoundException"):
        encrypted_keyring(ring, kms_key[:-12] + "000000000000")


def test_an_encrypted_keyring_stays_encrypted_when_its_keys_change(kms_key, tmp_path):
    file = tmp_path / "keyring.json"
    Keyring.generate().save(file)
    save_keyring(file, Keyring.generate(), kms_key=kms_key)

    save_keyring(file, load_keyring(file, "").with_new_key())

    assert json.loads(file.read_text())["kms"] == kms_key
    assert load_keyring(file, "").names == ("1", "2")


def test_a_root_key_is_added_promoted_and_retired_and_nothing_stops_opening_meanwhile():
    first = Keyring.generate()
    added = first.with_new_key()
    promoted = added.with_newest_active()
    old, new = added.wrap(b"k" * 32, b"here"), promoted.wrap(b"k" * 32, b"here")

    assert (added.active, added.names, added.with_new_key()) == ("1", ("1", "2"), added)
    assert (promoted.active, promoted.with_newest_active().active) == ("2", "2")
    assert (Keyring.root_of(old), Keyring.root_of(new)) == ("1", "2")
    for wrapped in (old, new):
        assert added.unwrap(wrapped, b"here") == promoted.unwrap(wrapped, b"here") == b"k" * 32
    retired = promoted.without_others()
    assert (retired.names, retired.unwrap(new, b"here")) == (("2",), b"k" * 32)
    with pytest.raises(SealBroken):
        retired.unwrap(old, b"here")
    assert retired.deployment_index("email", "a") == first.deployment_index("email", "a")
    assert retired.with_new_key().names == ("2", "3")
    with pytest.raises(SealBroken, match="not a wrapped key"):
        Keyring.root_of(b"")
