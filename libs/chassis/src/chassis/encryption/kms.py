"""Root keys under a key management service (KMS). Apart, because the service's client takes long to load, and most installations have none."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CONTEXT = {"purpose": "caseload keyring"}
_SECONDS_TO_CONNECT, _SECONDS_TO_READ, _ATTEMPTS = 3, 10, 3


class KmsError(Exception):
    """The service does not answer, or refuses. The message is its code, or the kind of the failure: messages of its own may name accounts."""


def encrypt(kms_key: str, plain: bytes) -> bytes:
    try:
        answer = _client(kms_key).encrypt(KeyId=kms_key, Plaintext=plain, EncryptionContext=_CONTEXT)
    except (BotoCoreError, ClientError) as error:
        raise KmsError(_reason(error)) from error
    encrypted: bytes = answer["CiphertextBlob"]
    return encrypted


def decrypt(kms_key: str, encrypted: bytes) -> bytes:
    try:
        answer = _client(kms_key).decrypt(KeyId=kms_key, CiphertextBlob=encrypted, EncryptionContext=_CONTEXT)
    except (BotoCoreError, ClientError) as error:
        raise KmsError(_reason(error)) from error
    plain: bytes = answer["Plaintext"]
    return plain


def _client(kms_key: str) -> Any:
    """Credentials, region and endpoint come from where AWS's own tools look for them; the region of an ARN is the ARN's."""
    parts = kms_key.split(":")
    config = Config(connect_timeout=_SECONDS_TO_CONNECT, read_timeout=_SECONDS_TO_READ, retries={"total_max_attempts": _ATTEMPTS})
    return boto3.client("kms", region_name=parts[3] if len(parts) > 3 else None, config=config)


def _reason(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else type(error).__name__
