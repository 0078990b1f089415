"""Services talk to nobody who has no certificate of their own authority."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import MetaData

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsServicer, LocationsStub
from chassis.context import RequestContext
from chassis.db.system_tables import chassis_tables
from chassis.errors import Unavailable
from chassis.local.processes import free_port
from chassis.rpc.client.peers import Peers
from chassis.rpc.tls import TLS
from chassis.service.definition import Service
from chassis.settings import Settings
from chassis.testing.environment import start_environment
from chassis.work.unit_of_work import UnitOfWork

metadata = MetaData(schema="scheduling")
chassis_tables(metadata)


class Authority:
    """A throw-away authority and the certificates it gives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
        self._write("ca.crt", self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0)))

    def tls(self, name: str, *, ip: str = "127.0.0.1") -> dict[str, Path]:
        """Settings that show a certificate for this address."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address(ip))])
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return {
            "tls_certificate_file": self._write(f"{name}.crt", self._signed(subject, key, addresses)),
            "tls_key_file": self._write(f"{name}.key", private),
            "tls_authority_file": self._folder / "ca.crt",
        }

    def _signed(self, subject: x509.Name, key: Any, extension: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + timedelta(hours=1))
        certificate = builder.add_extension(extension, critical=False).sign(self._key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM)

    def _write(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path


class Rooms(LocationsServicer[UnitOfWork]):
    def __init__(self) -> None:
        self.asked = 0

    async def GetLocation(self, request: pb.GetLocationRequest, work: UnitOfWork) -> pb.Location:
        self.asked += 1
        return pb.Location(id=request.location_id)

    async def CreateLocation(self, request: pb.CreateLocationRequest, work: UnitOfWork) -> pb.Location:
        raise NotImplementedError

    async def ListLocations(self, request: pb.ListLocationsRequest, work: UnitOfWork) -> pb.LocationPage:
        raise NotImplementedError

    async def UpdateLocation(self, request: pb.UpdateLocationRequest, work: UnitOfWork) -> pb.Location:
        raise NotImplementedError

    async def DeleteLocation(self, request: pb.DeleteLocationRequest, work: UnitOfWork) -> pb.DeleteLocationResponse:
        raise NotImplementedError


@dataclass
class Asked:
    """A service behind TLS, and somebody signed in who asks it."""

    rooms: Rooms
    address: str
    caller: RequestContext

    async def by(self, tls: TLS | None) -> pb.Location:
        peers = Peers(None, addresses={"scheduling": self.address}, tls=tls)
        try:
            return await LocationsStub(peers["scheduling"]).GetLocation(pb.GetLocationRequest(location_id=ROOM), self.caller)
        finally:
            await peers.close()


ROOM = "0190b6a2-6a5e-7c3b-8f53-0242ac120002"


def tls_of(**files: Any) -> TLS | None:
    return TLS.of(Settings(environment="development", **files))


@asynccontextmanager
async def rooms_behind(postgres: str, files: dict[str, Path]) -> AsyncIterator[Asked]:
    rooms = Rooms()
    address = f"127.0.0.1:{free_port()}"
    async with start_environment(
        postgres, Service("scheduling", metadata, lambda _runtime: [rooms]), settings={**files, "listen": address}
    ) as h:
        yield Asked(rooms, address, h.caller())


async def test_a_service_with_a_certificate_is_answered(postgres: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ours")
    async with rooms_behind(postgres, authority.tls("scheduling")) as asked:
        found = await asked.by(tls_of(**authority.tls("gateway")))

        assert found.id == ROOM
        assert asked.rooms.asked == 1


async def test_a_caller_without_a_certificate_is_refused_before_it_is_heard(postgres: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ours")
    async with rooms_behind(postgres, authority.tls("scheduling")) as asked:
        channel = grpc.aio.secure_channel(asked.address, grpc.ssl_channel_credentials((tmp_path / "ours" / "ca.crt").read_bytes()))
        async with channel:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=5)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        with pytest.raises(Unavailable):
            await asked.by(None)  # without TLS at all

        assert asked.rooms.asked == 0


async def test_a_certificate_of_another_authority_is_refused_by_either_side(postgres: str, tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    foreign = theirs.tls("gateway")
    async with rooms_behind(postgres, ours.tls("scheduling")) as asked:
        with pytest.raises(Unavailable):  # the server does not believe it
            await asked.by(tls_of(**{**foreign, "tls_authority_file": tmp_path / "ours" / "ca.crt"}))
        with pytest.raises(Unavailable):  # the caller does not believe the server
            await asked.by(tls_of(**{**ours.tls("gateway"), "tls_authority_file": tmp_path / "theirs" / "ca.crt"}))

        assert asked.rooms.asked == 0


async def test_a_service_that_shows_a_certificate_for_another_address_is_not_asked(postgres: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ours")
    async with rooms_behind(postgres, authority.tls("scheduling", ip="192.0.2.1")) as asked:
        with pytest.raises(Unavailable):
            await asked.by(tls_of(**authority.tls("gateway")))

        assert asked.rooms.asked == 0


def test_half_of_what_tls_needs_is_refused_rather_than_taken_for_none(tmp_path: Path) -> None:
    files = Authority(tmp_path / "ours").tls("clients")
    with pytest.raises(SystemExit):
        tls_of(tls_certificate_file=files["tls_certificate_file"], tls_key_file=files["tls_key_file"])
