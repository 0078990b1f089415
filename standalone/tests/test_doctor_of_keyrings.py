"""What `caseload doctor` says of a keyring that a KMS has encrypted: that it decrypts, or which permission is missing."""

from collections.abc import Iterator

import boto3
import pytest

from chassis.encryption.root_keys import load_keyring, save_keyring
from standalone.doctor.findings import Verdict
from standalone.doctor.home_checks import of_home
from standalone.home import Home
from standalone.settings import StandaloneSettings


@pytest.fixture
def kms_endpoint(servers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.server import ThreadedMotoServer  # takes a second to import, whichever tests are asked for

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "ENDPOINT_URL_KMS": f"http://{host}:{port}"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield f"http://{host}:{port}"
    ActionAuthenticatorMixin.request_count = 0
    server.stop()


def found(home: Home) -> tuple[Verdict, str]:
    (finding,) = [each for each in of_home(home, StandaloneSettings(home=home.directory)) if each.subject == "keyring"]
    return finding.verdict, finding.what


def test_the_doctor_says_whether_the_kms_decrypts_and_which_permission_is_missing(kms_endpoint, tmp_path, monkeypatch):
    home = Home(tmp_path)
    home.create_missing()
    assert found(home) == (Verdict.OK, "root key 1 wraps, of 1")
    kms_key = boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"]
    save_keyring(home.keyring, load_keyring(home.keyring, ""), kms_key=kms_key)
    assert found(home) == (Verdict.OK, "root key 1 wraps, of 1, and the KMS decrypts them")

    # Somebody who may do nothing, and from now on that is asked.
    iam = boto3.client("iam", region_name="us-east-1", endpoint_url=kms_endpoint)
    iam.create_user(UserName="nobody")
    made = iam.create_access_key(UserName="nobody")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr("moto.core.authorization.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
    verdict, what = found(home)
    assert verdict is Verdict.FAIL
    assert "the KMS does not decrypt" in what
    assert "this role needs kms:Decrypt for the key of the keyring" in what
