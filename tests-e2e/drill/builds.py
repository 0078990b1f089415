"""Builds from source: the last release, and a next one that is made up from this tree with migrations of its own."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

from chassis.migrations.roles import newest_revision, versions_of
from standalone.services import NAMES
from standalone.source_releases import ROOT, last_release


def copy_migrations(tree):
    """Copies every service's migrations into `tree` and returns it, to be CASELOAD_ROOT."""
    for name in NAMES:
        place = f"services/{name}/migrations/versions"
        shutil.copytree(ROOT / place, tree / place, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    return tree


def add_migration(service, *statements, contract=False):
    """Adds a migration to what CASELOAD_ROOT has of the service, and returns its revision."""
    newest = newest_revision(service)
    revision = f"{int(newest) + 1:04}"
    lines = [
        "from alembic import op",
        f'revision = "{revision}"',
        f'down_revision = "{newest}"',
        *(["contract = True"] if contract else []),
    ]
    lines += ["def upgrade():", *(f"    op.execute({statement!r})" for statement in statements), "def downgrade():", "    pass"]
    (versions_of(service) / f"{revision}_made_up.py").write_text("\n".join(lines) + "\n")
    return revision


def build_last(folder):
    """The last release, from its commit. Its dependencies have to be this environment's."""
    release = last_release()
    tree = release.unpack(folder / f"release-{release.version}")
    ours, theirs = ((root / "requirements.lock").read_text() for root in (ROOT, tree))
    if ours != theirs:
        # Its own environment, made as a newcomer makes it.
        subprocess.run([tree / "scripts" / "prepare", "run"], check=True)
    return tree


def python_of(tree):
    """The interpreter with what the build depends on."""
    own = tree / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def build_next(folder):
    """This tree as it is, with room for migrations of its own."""
    tree = folder / "next"
    for place in (
        *ROOT.glob("libs/*/src"),
        *ROOT.glob("services/*/src"),
        *(ROOT / member / "src" for member in ("gateway", "standalone", "deploy")),
    ):
        shutil.copytree(place, tree / place.relative_to(ROOT), ignore=shutil.ignore_patterns("__pycache__"))
    return copy_migrations(tree)


def build_broken(folder, build, service):
    """The same build with a service that does not start."""
    tree = shutil.copytree(build, folder / "broken")
    with (tree / "services" / service / "src" / service / "__main__.py").open("a") as source:
        # Its migrations go through.
        source.write('\nimport sys\n\nif "migrate" not in sys.argv:\n    raise RuntimeError("made not to start")\n')
    return tree


@contextmanager
def root_of(tree):
    """Within it, the migrations are those of `tree`."""
    before = os.environ.get("CASELOAD_ROOT")
    os.environ["CASELOAD_ROOT"] = str(tree)
    try:
        yield
    finally:
        if before is None:
            del os.environ["CASELOAD_ROOT"]
        else:
            os.environ["CASELOAD_ROOT"] = before
