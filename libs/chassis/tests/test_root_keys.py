"""Root keys come from a file or a variable, as they are or encrypted by a KMS, and are changed without losing one."""

import base64
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import MetaData

from chassis.encryption.keyring import Keyring, SealBroken
from chassis.encryption.root_keys import RootKeysUnreadable, encrypted_keyring, load_keyring, save_keyring
from chassis.events.broker.in_process import InProcessBroker
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
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


# --- what a role may do with the key

POLICIES = Path(__file__).parents[3] / "docs" / "operations" / "kms"


@contextmanager
def confined_to(endpoint: str, policy: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls are those of a user who may do what the policy says, and nothing else."""
    document = json.loads((POLICIES / policy).read_text())
    for statement in document["Statement"]:
        # moto knows actions, and neither keys nor encryption contexts.
        assert statement.pop("Condition") == {"StringEquals": {"kms:EncryptionContext:purpose": "caseload keyring"}}
        assert ":key/" in statement.pop("Resource")
        statement["Resource"] = "*"
    iam = boto3.client("iam", region_name="us-east-1", endpoint_url=endpoint)
    iam.create_user(UserName=policy)
    iam.put_user_policy(UserName=policy, PolicyName=policy, PolicyDocument=json.dumps(document))
    made = iam.create_access_key(UserName=policy)["AccessKey"]
    with monkeypatch.context() as confined:
        confined.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
        confined.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
        # It goes on with the credentials that it has read once.
        confined.setattr(boto3, "DEFAULT_SESSION", None)
        try:
            _checked_after(endpoint, "0")
            yield
        finally:
            _checked_after(endpoint, "inf")


def _checked_after(endpoint: str, calls: str) -> None:
    """Has the service check permissions after so many calls more."""
    request = Request(f"{endpoint}/moto-api/reset-auth", data=calls.encode(), headers={"Content-Type": "text/plain"}, method="POST")
    with urlopen(request) as reply:
        assert reply.status == 200


def test_a_role_that_serves_decrypts_and_does_nothing_else(kms_key, kms_endpoint, tmp_path, monkeypatch):
    ring, file = Keyring.generate(), tmp_path / "keyring.json"
    ring.save(file)
    save_keyring(file, ring, kms_key=kms_key)

    with confined_to(kms_endpoint, "serve.json", monkeypatch):
        assert load_keyring(file, "").active == ring.active
        with pytest.raises(RootKeysUnreadable, match=r"does not encrypt: .*this role needs kms:Encrypt"):
            save_keyring(file, ring.with_new_key())
        with pytest.raises(ClientError, match="is not authorized to perform"):
            boto3.client("kms", region_name="eu-central-1").generate_data_key(KeyId=kms_key, KeySpec="AES_256")
    assert load_keyring(file, "").names == ("1",)


def test_the_role_that_changes_root_keys_also_encrypts(kms_key, kms_endpoint, tmp_path, monkeypatch):
    ring, file = Keyring.generate(), tmp_path / "keyring.json"
    ring.save(file)

    with confined_to(kms_endpoint, "change.json", monkeypatch):
        save_keyring(file, ring, kms_key=kms_key)
        save_keyring(file, load_keyring(file, "").with_new_key())
        assert load_keyring(file, "").names == ("1", "2")
        with pytest.raises(ClientError, match="is not authorized to perform"):
            boto3.client("kms", region_name="eu-central-1").describe_key(KeyId=kms_key)


def test_a_role_that_may_not_decrypt_is_told_which_permission_it_lacks(kms_key, kms_endpoint, tmp_path, monkeypatch):
    ring, file = Keyring.generate(), tmp_path / "keyring.json"
    ring.save(file)
    save_keyring(file, ring, kms_key=kms_key)
    monkeypatch.setattr(f"{__name__}.POLICIES", tmp_path)
    condition = {"StringEquals": {"kms:EncryptionContext:purpose": "caseload keyring"}}
    other = {"Effect": "Allow", "Action": "kms:ListKeys", "Resource": "arn:aws:kms:::key/1", "Condition": condition}
    (tmp_path / "other.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [other]}))

    with confined_to(kms_endpoint, "other.json", monkeypatch):
        settings = Settings(environment="development", keyring_file=file)
        with pytest.raises(SystemExit, match=r"does not decrypt: .*this role needs kms:Decrypt for the key of the keyring"):
            Runtime(Service("parcels", MetaData(), lambda _runtime: ()), settings, broker=InProcessBroker()).keyring  # noqa: B018 - reading it is the point
