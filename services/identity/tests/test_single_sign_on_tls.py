"""What is asked of providers is asked of whom the certificate names, at the address that was checked."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from identity.settings import IdentitySettings
from identity.single_sign_on.outgoing import guarded_transport
from identity.single_sign_on.provider import Providers


def certificate():
    """A certificate of its own authority for `localhost`, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "for tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return made.public_bytes(pem), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)


@pytest.fixture
async def listening(servers, tmp_path):
    """A TLS server that counts what it is asked, for whom; its port, its counts and its certificate."""
    parts = certificate()
    files = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
    for file, part in zip(files, parts, strict=True):
        file.write_bytes(part)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    names, hosts = [], []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    async def answer(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        hosts.extend(line.removeprefix("Host: ") for line in head.split("\r\n") if line.startswith("Host: "))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1], names, hosts, files[0]
    server.close()
    await server.wait_closed()


def client():
    return httpx2.AsyncClient(transport=guarded_transport(IdentitySettings(environment="development")), trust_env=False)


async def test_the_certificate_is_checked_for_the_name_although_the_address_is_connected_to(listening, monkeypatch):
    port, names, hosts, authority = listening
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    assert (await client().get(f"https://localhost:{port}/")).json() == {}
    assert (names, hosts) == (["localhost"], [f"localhost:{port}"])
    with pytest.raises(httpx2.ConnectError, match="IP address mismatch"):
        await client().get(f"https://127.0.0.1:{port}/")


async def test_an_authority_that_nobody_knows_is_not_believed(listening, monkeypatch):
    port, _, hosts, _ = listening
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        await client().get(f"https://localhost:{port}/")
    assert hosts == []


async def test_no_proxy_of_the_environment_is_used(listening, monkeypatch):
    port, _, hosts, authority = listening
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert (await client().get(f"https://localhost:{port}/")).status_code == 200
    providers = Providers(IdentitySettings(environment="development"))
    with pytest.raises(Exception, match="another issuer"):
        await providers.metadata(f"https://localhost:{port}")
    assert len(hosts) == 2
