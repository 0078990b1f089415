"""Where the instances of a service are: one address, several with commas between them, or names that DNS resolves."""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """An instance: gRPC's target for it, and the name that its certificate shows, where this differs."""

    target: str
    name: str | None = None


class Resolver:
    """Finds the addresses that a setting stands for, such as `unix:/run/clients.sock`, `10.0.0.1:50051,10.0.0.2:50051` or `clients:50051`.

    A name stands for all its addresses, as those of a headless Service in Kubernetes.
    """

    def __init__(self, setting: str) -> None:
        self._parts = [part.strip().removeprefix("dns:").lstrip("/") if not _is_path(part) else part.strip() for part in setting.split(",")]
        # Whether the answer may change.
        self.is_dynamic = any(_host_to_look_up(part) for part in self._parts)

    async def resolve(self) -> frozenset[Address]:
        """The addresses now. Raises OSError when a name cannot be resolved."""
        found = await asyncio.gather(*map(self._of, self._parts))
        return frozenset(address for addresses in found for address in addresses)

    async def _of(self, part: str) -> list[Address]:
        host = _host_to_look_up(part)
        if host is None:
            return [Address(part)]
        port = part.rpartition(":")[2]
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # One family is enough: an instance has an address of each.
        family = min((family for family, *_ in found), key=(socket.AF_INET, socket.AF_INET6).index, default=socket.AF_INET)
        return [Address(target, host) for target in _targets(family, found)]


def _targets(family: int, found: Sequence[tuple[int, int, int, str, Sequence[object]]]) -> Iterator[str]:
    for of, _, _, _, where in found:
        if of == family:
            yield f"[{where[0]}]:{where[1]}" if family == socket.AF_INET6 else f"{where[0]}:{where[1]}"


def _is_path(part: str) -> bool:
    return part.strip().startswith("unix:")


def _host_to_look_up(part: str) -> str | None:
    """The host, if it is a name and no address."""
    if _is_path(part):
        return None
    host = part.rpartition(":")[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return None
