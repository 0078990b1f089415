"""Mutual TLS between services: each shows a certificate of the deployment's own authority, and talks to nobody who has none."""

from dataclasses import dataclass
from pathlib import Path

import grpc

from chassis.settings import Settings


@dataclass(frozen=True, slots=True)
class TLS:
    """What one process shows the others, and the authority that it and they believe."""

    certificate: bytes
    key: bytes
    authority: bytes

    @classmethod
    def of(cls, settings: Settings) -> "TLS | None":
        """As the settings have it: all three files, or no TLS, where calls stay on this machine."""
        files = (settings.tls_certificate_file, settings.tls_key_file, settings.tls_authority_file)
        certificate, key, authority = (None if file is None else Path(file).read_bytes() for file in files)
        if certificate is None and key is None and authority is None:
            return None
        if certificate is None or key is None or authority is None:
            raise SystemExit("CASELOAD_TLS_CERTIFICATE_FILE, _KEY_FILE and _AUTHORITY_FILE are set together or not at all")
        return cls(certificate, key, authority)

    def asking(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(root_certificates=self.authority, private_key=self.key, certificate_chain=self.certificate)

    def answering(self) -> grpc.ServerCredentials:
        return grpc.ssl_server_credentials([(self.key, self.certificate)], root_certificates=self.authority, require_client_auth=True)
