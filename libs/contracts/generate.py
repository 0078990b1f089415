"""Writes the stubs of protos/ into libs/contracts/src.

Messages are protoc's; a file with services also gets a typed `*_rpc` module, one whose enums declare a spelling a `*_words` module.

`python libs/contracts/generate.py [--check]`; with --check nothing is written and a difference exits 1.
"""

import filecmp
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import grpc_tools
from google.protobuf.descriptor import EnumDescriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTOS = ROOT / "protos"
HOME = Path(__file__).resolve().parent / "src"


def compile_messages(out: Path) -> list[str]:
    """Runs protoc; returns the dotted names of the modules written."""
    sources = sorted(str(p.relative_to(PROTOS)) for p in PROTOS.rglob("*.proto"))
    well_known = str(Path(grpc_tools.__file__).parent / "_proto")
    status = protoc.main(["protoc", f"-I{PROTOS}", f"-I{well_known}", f"--python_out={out}", f"--pyi_out={out}", *sources])
    if status:
        raise SystemExit(status)
    for folder in {p.parent for p in out.rglob("*_pb2.py")} | {p.parent.parent for p in out.rglob("*_pb2.py")}:
        (folder / "__init__.py").touch()
    (out / "caseload" / "__init__.py").write_text('"""Stubs generated from protos/; never edited."""\n')
    return [source.removesuffix(".proto").replace("/", ".") + "_pb2" for source in sources]


def module_of(file: FileDescriptor) -> str:
    return file.name.removesuffix(".proto").replace("/", ".") + "_pb2"


def type_of(service: ServiceDescriptor, method: MethodDescriptor, *, of_input: bool) -> str:
    message = method.input_type if of_input else method.output_type
    alias = "pb" if message.file.name == service.file.name else message.file.name.rsplit("/", 1)[1].removesuffix(".proto") + "_pb2"
    return f"{alias}.{message.name}"


def rpc_module(file: FileDescriptor) -> str:
    """The typed halves of each service in the file: what a servicer implements and what a caller calls."""
    others = sorted(
        {
            message.file
            for service in file.services_by_name.values()
            for method in service.methods
            for message in (method.input_type, method.output_type)
            if message.file.name != file.name
        },
        key=lambda f: f.name,
    )
    package, own = module_of(file).rsplit(".", 1)
    takes_pieces = any(method.client_streaming for service in file.services_by_name.values() for method in service.methods)
    lines = [
        f'"""The services of {file.name}, as a servicer implements them and as a caller calls them. Generated; never edited."""',
        "",
        "from abc import ABC, abstractmethod",
        f"from collections.abc import {'AsyncIterable, ' if takes_pieces else ''}Awaitable, Callable",
        "from typing import Any, Generic, Protocol, TypeVar",
        "",
        "from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor",
        "",
        f"from {package} import {own} as pb",
    ]
    for other in others:
        other_package, other_name = module_of(other).rsplit(".", 1)
        lines.append(f"from {other_package} import {other_name}")
    lines += ["", 'WorkT = TypeVar("WorkT", contravariant=True)', ""]
    if takes_pieces:
        # What the pieces of a request are to the servicer.
        lines[-1:] = ['BodyT = TypeVar("BodyT", contravariant=True)', ""]
    for service in file.services_by_name.values():
        types = "WorkT, BodyT" if any(method.client_streaming for method in service.methods) else "WorkT"
        lines += [
            "",
            f"class {service.name}Servicer(ABC, Generic[{types}]):",
            f'    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["{service.name}"]',
        ]
        for method in service.methods:
            request, reply = type_of(service, method, of_input=True), type_of(service, method, of_input=False)
            lines += [
                "",
                "    @abstractmethod",
                f"    async def {method.name}(self, request: {request}, {'body: BodyT, ' if method.client_streaming else ''}work: WorkT) -> {reply}: ...",
            ]
        lines += [
            "",
            "",
            f"class {service.name}Stub:",
            f'    """Calls {service.full_name}; `caller_of` returns the function that calls a method."""',
            "",
            "    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:",
            f"        methods = pb.DESCRIPTOR.services_by_name['{service.name}'].methods_by_name",
        ]
        for method in service.methods:
            request, reply = type_of(service, method, of_input=True), type_of(service, method, of_input=False)
            lines.append(f"        self.{method.name}: {service.name}{method.name} = caller_of(methods['{method.name}'])")
        for method in service.methods:
            request, reply = type_of(service, method, of_input=True), type_of(service, method, of_input=False)
            lines += [
                "",
                "",
                f"class {service.name}{method.name}(Protocol):",
                f"    def __call__(self, request: {request}, {'body: AsyncIterable[bytes], ' if method.client_streaming else ''}context: Any) -> Awaitable[{reply}]: ...",
            ]
        lines += [""]
    return "\n".join(lines).replace("\n\n\n\n", "\n\n\n").rstrip() + "\n"


def spelling_of(enum: EnumDescriptor) -> str:
    """The name of the Spelling that the enum declares; empty when it declares none."""
    # Imported with the fresh stubs, so that an option added a moment ago is known.
    options_pb2: Any = importlib.import_module("caseload.options.v1.options_pb2")
    options: Any = enum.GetOptions()
    declared = options.Extensions[options_pb2.spelling]
    return str(options_pb2.Spelling.Name(declared)) if declared else ""


def spelled(name: str, spelling: str) -> str:
    """`NO_SHOW` as its enum's Spelling writes it."""
    match spelling:
        case "SPELLING_LOWER_CASE":
            return name.lower()
        case "SPELLING_PASCAL_CASE":
            return "".join(part.capitalize() for part in name.split("_"))
        case _:
            return name


def words_module(file: FileDescriptor) -> str:
    """For each enum that declares a spelling: a Literal of its words, and the word for each number but 0."""
    lines = [
        f'"""The words for the enums of {file.name}, as the API writes them. Generated; never edited."""',
        "",
        "from typing import Final, Literal",
    ]
    for enum in file.enum_types_by_name.values():
        if spelling := spelling_of(enum):
            prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
            words = {value.number: spelled(value.name.removeprefix(prefix), spelling) for value in enum.values if value.number}
            literal = ", ".join(f'"{word}"' for word in words.values())
            lines += ["", f"{enum.name} = Literal[{literal}]", f"{prefix}WORDS: Final[dict[int, {enum.name}]] = {{"]
            lines += [f'    {number}: "{word}",' for number, word in words.items()]
            lines += ["}"]
    return "\n".join(lines) + "\n"


def generate(out: Path) -> None:
    modules = compile_messages(out)
    sys.path.insert(0, str(out))
    for name in [n for n in sys.modules if n == "caseload" or n.startswith("caseload.")]:
        del sys.modules[name]
    for name in modules:
        file: FileDescriptor = importlib.import_module(name).DESCRIPTOR
        if file.services_by_name:
            (out / (name.removesuffix("_pb2").replace(".", "/") + "_rpc.py")).write_text(rpc_module(file))
        if any(map(spelling_of, file.enum_types_by_name.values())):
            (out / (name.removesuffix("_pb2").replace(".", "/") + "_words.py")).write_text(words_module(file))
    (out / "caseload" / "services.py").write_text(services_module())
    for cache in out.rglob("__pycache__"):
        shutil.rmtree(cache)


def services_module() -> str:
    """The names of the services: those packages of protos/ that answer calls, without what several of them or none by itself answers."""
    names = sorted({path.relative_to(PROTOS / "caseload").parts[0] for path in PROTOS.rglob("*.proto") if "\nservice " in path.read_text()})
    listed = ", ".join(f'"{name}"' for name in names if name not in {"access", "jobs", "moves", "transport"})
    return f'"""The services of Caseload, by name. Generated; never edited."""\n\nfrom typing import Final\n\nSERVICE_NAMES: Final = ({listed})\n'


def differences(fresh: Path, kept: Path) -> list[str]:
    names = {str(p.relative_to(base)) for base in (fresh, kept) for p in base.rglob("*.py*") if "__pycache__" not in p.parts}
    return sorted(
        n for n in names if not ((fresh / n).exists() and (kept / n).exists() and filecmp.cmp(fresh / n, kept / n, shallow=False))
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(fresh)
        if "--check" in sys.argv:
            stale = differences(fresh, HOME)
            for name in stale:
                print(f"stale stub: {name} (run `make protos`)")
            return 1 if stale else 0
        shutil.rmtree(HOME / "caseload", ignore_errors=True)
        shutil.copytree(fresh / "caseload", HOME / "caseload")
    return 0


if __name__ == "__main__":
    sys.exit(main())
