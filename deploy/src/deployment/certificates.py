"""A private authority and the certificates that a deployment's processes show each other."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE, LIFE = timedelta(days=3650), timedelta(days=365)
# A certificate that ends sooner than this is due for another.
MARGIN = timedelta(days=60)

Pair: TypeAlias = tuple[bytes, bytes]


def authority() -> Pair:
    """A new authority: its certificate and its private key, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Caseload deployment")
    builder = (
        _certificate(name, name, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _pem(builder.sign(key, hashes.SHA256())), _private(key)


def issue(signer: Pair, name: str, addresses: tuple[str, ...]) -> Pair:
    """A certificate for a process that is reached at these host names and addresses, and that also asks others."""
    ours = x509.load_pem_x509_certificate(signer[0])
    signing = serialization.load_pem_private_key(signer[1], password=None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _certificate(_name(name), ours.subject, key.public_key(), LIFE)
        .add_extension(x509.SubjectAlternativeName([_general(address) for address in addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    return _pem(builder.sign(signing, hashes.SHA256())), _private(key)


def is_due(certificate: bytes, addresses: tuple[str, ...]) -> bool:
    """Whether a certificate ends soon, or does not name every address."""
    found = x509.load_pem_x509_certificate(certificate)
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.not_valid_after_utc - datetime.now(UTC) < MARGIN or not {_general(address) for address in addresses} <= set(named)


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    # An hour back: clocks of several machines never agree entirely.
    return x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), not_valid_before=now - timedelta(hours=1), not_valid_after=now + life
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
