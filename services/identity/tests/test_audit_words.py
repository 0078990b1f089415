"""docs/operations/audit-of-accounts.md says in words what identity's lines in the audit trail mean: all of them, and no others. No server."""

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import caseload.identity.v1
from caseload.options.v1 import options_pb2
from identity.login_sessions.rules import ASKED, SINGLE_SIGN_ON
from identity.people.rules import SECOND_STEPS
from identity.workspaces.rules import TOLD_SETTINGS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operations/audit-of-accounts.md").read_text("utf-8")
LINES, FACTS = PAGE.split("## Facts of these lines")
CALLS = [
    node
    for path in (ROOT / "services/identity/src/identity").rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call)
]


def named_in(part):
    """What the first columns of the tables name."""
    return {name for row in re.findall(r"^\| (`.+?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)} - {"event_type"}


def name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def constants(node):
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def of_methods():
    modules = [import_module(f"caseload.identity.v1.{found.name}") for found in iter_modules(caseload.identity.v1.__path__)]
    services = [each for module in modules if hasattr(module, "DESCRIPTOR") for each in module.DESCRIPTOR.services_by_name.values()]
    for method in (method for service in services for method in service.methods):
        if not method.GetOptions().Extensions[options_pb2.audit].none:
            yield re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower()


def test_every_kind_of_line_is_explained_and_no_other():
    effects = set().union(*(constants(call.args[1]) for call in CALLS if name_of(call) == "record_effect"))
    # Named where they are chosen.
    states = {"workspace_reactivated", "workspace_suspended", "workspace_deleted"}
    limited = {"request_magic_link", "request_password_reset"}
    source = "".join(path.read_text("utf-8") for path in (ROOT / "services/identity/src/identity").rglob("*.py"))
    assert all(f'"{name}"' in source for name in states | limited)
    assert effects
    assert named_in(LINES) == {*of_methods()} | effects | states | limited


def test_every_fact_of_a_line_is_explained():
    noted = {keyword.arg for call in CALLS if name_of(call) in {"note", "record_effect"} for keyword in call.keywords if keyword.arg}
    # Those that are given as a mapping: of a stolen sign-in, of a refused attempt, of a workspace's settings.
    assert noted | {"login_session_id", "ip_address", "refused"} == named_in(FACTS)
    assert {*TOLD_SETTINGS} <= {*re.findall(r"`(\w+)`", FACTS)}


def test_every_step_of_a_sign_in_is_explained():
    (row,) = re.findall(r"^\| `amr` \| (.+) \|$", FACTS, re.MULTILINE)
    assert {*SECOND_STEPS, SINGLE_SIGN_ON, ASKED} <= {*re.findall(r"`(\w+)`", row)}
