"""Signatures of events: a service signs what it announces, and a reaction takes an event only from a service that may announce it.

Events that are written to the outbox together share one signature over the list of their digests, and each carries a copy of both:
an event can be verified by itself, whichever way it travels, and the cost of signing and verifying is shared.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.message import DecodeError

from caseload.audit.v1 import events_pb2 as audit
from caseload.services import SERVICE_NAMES
from caseload.transport.v1 import parcel_pb2
from chassis.auth.tokens import ServiceSigner
from chassis.encryption.framing import frame
from chassis.events.broker.errors import NotItsAnnouncer, SignatureInvalid, Unsigned
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)
_PURPOSE = b"caseload events v1"
_MOST_TOGETHER = 16
_DIGEST = sha256().digest_size
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_KEPT = 2_000
# Every service leaves lines for the trail. All other events belong to the service whose proto package they are in.
ANNOUNCED_BY_ALL = frozenset({audit.AuditRecorded.DESCRIPTOR.full_name})


def may_announce(service: str, type_: str) -> bool:
    """Whether the event is of the service's own proto package, or one that every service announces."""
    return service in SERVICE_NAMES and (type_ in ANNOUNCED_BY_ALL or type_.split(".")[:2] == ["caseload", service])


class EventSigner:
    """Signs the events of one service."""

    def __init__(self, signer: ServiceSigner) -> None:
        self._signer = signer

    def sign(self, envelopes: Sequence[Envelope]) -> list[bytes]:
        """The signature of each event, in order."""
        signatures: list[bytes] = []
        for start in range(0, len(envelopes), _MOST_TOGETHER):
            together = envelopes[start : start + _MOST_TOGETHER]
            digests = b"".join(map(_digest, together))
            value = self._signer.sign(_signed(self._signer.name, digests))
            signature = parcel_pb2.Signature(service=self._signer.name, digests=digests, value=value)
            signatures += [signature.SerializeToString()] * len(together)
        return signatures


class EventVerifier:
    """Says which service announced an event. `keys` are the services' public keys by name.

    Until the moment `unsigned_until`, events without any signature are taken, of which an earlier release may have left some.
    """

    def __init__(
        self,
        keys: Mapping[str, Ed25519PublicKey],
        *,
        unsigned_until: datetime | None = None,
        may_announce: Callable[[str, str], bool] = may_announce,
    ) -> None:
        self._keys = keys
        self._unsigned_until = unsigned_until
        self._may_announce = may_announce
        self._verified: dict[bytes, parcel_pb2.Signature] = {}

    def announcer(self, envelope: Envelope) -> str:
        """The service that announced the event; empty for an unsigned one that is still taken.

        Raises Unsigned, SignatureInvalid or NotItsAnnouncer.
        """
        if not envelope.signature:
            if self._unsigned_until is None or datetime.now(UTC) >= self._unsigned_until:
                raise Unsigned
            _log.warning(
                "an unsigned event is taken, as is allowed for a while", extra={"event_id": str(envelope.id), "type": envelope.type}
            )
            return ""
        signature = self._verified.get(envelope.signature) or self._verify(envelope.signature)
        digest = _digest(envelope)
        if digest not in (signature.digests[start : start + _DIGEST] for start in range(0, len(signature.digests), _DIGEST)):
            raise SignatureInvalid
        if not self._may_announce(signature.service, envelope.type):
            raise NotItsAnnouncer
        return signature.service

    def _verify(self, serialized: bytes) -> parcel_pb2.Signature:
        try:
            signature = parcel_pb2.Signature.FromString(serialized)
            self._keys[signature.service].verify(signature.value, _signed(signature.service, signature.digests))
        except (DecodeError, KeyError, InvalidSignature) as wrong:
            raise SignatureInvalid from wrong
        if len(self._verified) >= _MOST_KEPT:
            self._verified.clear()
        self._verified[serialized] = signature
        return signature


def _signed(service: str, digests: bytes) -> bytes:
    return frame(_PURPOSE, service.encode(), digests)


def _digest(envelope: Envelope) -> bytes:
    """Of everything an envelope says but its signature."""
    microseconds = (envelope.occurred_at - _EPOCH) // timedelta(microseconds=1)
    parts = (
        envelope.id.bytes,
        envelope.workspace_id.bytes,
        envelope.type.encode(),
        str(microseconds).encode(),
        envelope.payload,
        envelope.request_id.encode(),
        envelope.traceparent.encode(),
    )
    return sha256(frame(*parts)).digest()
