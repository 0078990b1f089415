"""Signatures of events: a service signs what it announces, and a reaction takes an event only from a service that may announce it.

An event is written to the outbox with a proof: a keyed hash, which only the service itself can make or check. The relay signs what has one.
Events that leave together share one signature over the list of their digests, and each carries a copy of both: an event can
be verified by itself, whichever way it travels, and the cost of signing and verifying is shared.
"""

import hmac
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
from chassis.encryption.keyed_hash import KeyedHash
from chassis.events.broker.errors import NotItsAnnouncer, SignatureInvalid, Unsigned
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)
_PURPOSE = b"caseload events v1"
_PURPOSE_OF_PROOFS = b"caseload outbox proofs v1"
_MOST_TOGETHER = 16
_DIGEST = sha256().digest_size
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_MOST_KEPT = 500
# Every service leaves lines for the trail. All other events belong to the service whose proto package they are in.
ANNOUNCED_BY_ALL = frozenset({audit.AuditRecorded.DESCRIPTOR.full_name})


def may_announce(service: str, type_: str) -> bool:
    """Whether the event is of the service's own proto package, or one that every service announces."""
    return service in SERVICE_NAMES and (type_ in ANNOUNCED_BY_ALL or type_.split(".")[:2] == ["caseload", service])


class EventSigner:
    """Proves that the events of one service are its own: to its relay by a keyed hash, to everybody else by a signature."""

    def __init__(self, signer: ServiceSigner) -> None:
        self._signer = signer
        self._proof = KeyedHash(signer.derive_key(_PURPOSE_OF_PROOFS))

    def proof(self, envelope: Envelope) -> bytes:
        """What the outbox keeps in place of a signature. It costs a tenth of one, so it is made for every event as it is written."""
        return self._proof(_content(envelope))

    def is_proven(self, envelope: Envelope) -> bool:
        """Whether the event is as this service has written it to its outbox."""
        return hmac.compare_digest(envelope.signature, self.proof(envelope))

    def sign_proven(self, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """The events as they leave the service, in the same order: those with a proof are signed, those of each type together.

        All others are left as they are. An earlier release has signed some of them, or left them unsigned. What somebody else
        has written into the outbox has neither proof nor signature, and no service takes it.
        """
        leaving = list(envelopes)
        proven: dict[str, list[int]] = defaultdict(list)
        for place, envelope in enumerate(envelopes):
            if self.is_proven(envelope):
                proven[envelope.type].append(place)
        for places in proven.values():
            for place, signature in zip(places, self.sign([envelopes[place] for place in places]), strict=True):
                leaving[place] = replace(envelopes[place], signature=signature)
        return leaving

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
        # By serialized signature: the service, and the digests of the events that it has signed.
        self._verified: dict[bytes, tuple[str, frozenset[bytes]]] = {}

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
        service, digests = self._verified.get(envelope.signature) or self._verify(envelope.signature)
        if _digest(envelope) not in digests:
            raise SignatureInvalid
        if not self._may_announce(service, envelope.type):
            raise NotItsAnnouncer
        return service

    def _verify(self, serialized: bytes) -> tuple[str, frozenset[bytes]]:
        try:
            signature = parcel_pb2.Signature.FromString(serialized)
            self._keys[signature.service].verify(signature.value, _signed(signature.service, signature.digests))
        except (DecodeError, KeyError, InvalidSignature) as wrong:
            raise SignatureInvalid from wrong
        if len(self._verified) >= _MOST_KEPT:
            self._verified.clear()
        places = range(0, len(signature.digests), _DIGEST)
        verified = signature.service, frozenset(signature.digests[place : place + _DIGEST] for place in places)
        self._verified[serialized] = verified
        return verified


def _signed(service: str, digests: bytes) -> bytes:
    return frame(_PURPOSE, service.encode(), digests)


def _digest(envelope: Envelope) -> bytes:
    return sha256(_content(envelope)).digest()


def _content(envelope: Envelope) -> bytes:
    """Everything an envelope says but its proof or signature."""
    parts = (
        envelope.id.bytes,
        envelope.workspace_id.bytes,
        envelope.type.encode(),
        b"%d" % ((envelope.occurred_at - _EPOCH) // _MICROSECOND),
        envelope.payload,
        envelope.request_id.encode(),
        envelope.traceparent.encode(),
    )
    return frame(*parts)
