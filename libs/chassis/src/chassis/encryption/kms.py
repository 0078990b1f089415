"""Root keys under a key management service (KMS). Apart, because the service's client takes long to load, and most installations have none."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CONTEXT = {"purpose": "caseload keyring"}
_SECONDS_TO_CONNECT, _SECONDS_TO_READ, _ATTEMPTS = 3, 10, 3


class KmsError(Exception):
    """The service does not answer, or refuses. The message is its code, or the kind of the failure: messages of its own may name accounts."""

    def __init__(self, error: Exception) -> None:
        answer = error.response if isinstance(error, ClientError) else {}
        code = str(answer.get("Error", {}).get("Code", "")) if answer else type(error).__name__
        super().__init__(code)
        # Whether the role may not do it: neither its own policy nor the key's lets it, or not with this encryption context.
        self.is_denied = code.startswith("AccessDenied") or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403


def encrypt(kms_key: str, plain: bytes) -> bytes:
    try:
        answer = _client(kms_key).encrypt(KeyId=kms_key, Plaintext=plain, EncryptionContext=_CONTEXT)
    except (BotoCoreError, ClientError) as error:
        raise KmsError(error) from error
    encrypted: bytes = answer["CiphertextBlob"]
    return encrypted


def decrypt(kms_key: str, encrypted: bytes) -> bytes:
    try:
        answer = _client(kms_key).decrypt(KeyId=kms_key, CiphertextBlob=encrypted, EncryptionContext=_CONTEXT)
    except (BotoCoreError, ClientError) as error:
        raise KmsError(error) from error
    plain: bytes = answer["Plaintext"]
    return plain


def _client(kms_key: str) -> Any:
    """Credentials, region and endpoint come from where AWS's own tools look for them; the region of an ARN is the ARN's."""
    parts = kms_key.split(":")
    config = Config(connect_timeout=_SECONDS_TO_CONNECT, read_timeout=_SECONDS_TO_READ, retries={"total_max_attempts": _ATTEMPTS})
    return boto3.client("kms", region_name=parts[3] if len(parts) > 3 else None, config=config)
