"""The README's picture shows who asks whom."""

import re

from containers import ROOT, asked

from deployment.processes import SERVICES


def test_the_picture_shows_every_service_that_another_asks():
    shown = {
        (caller.strip(), callee.strip())
        for callers, callees in re.findall(r"^ +(.+) -\. ask \.-> (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
        for caller in callers.split("&")
        for callee in callees.split("&")
    }
    # Every service asks identity whom to trust, and the chassis does that for it.
    asking = {(name, other) for name in SERVICES for path in (ROOT / "services" / name / "src").rglob("*.py") for other in asked(path)}

    assert shown == asking
