"""What a policy may say, and the policies that hold where a workspace has set none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chassis.errors import Fault, Invalid

ROLES = ("owner", "assistant", "therapist", "operator", "doctor", "nurse", "head_doctor", "admin")
CHANNELS = ("stream", "email", "webhook")
# The policy of every priority that has none of its own.
DEFAULT = "default"
MOST_LEVELS = 10
SHORTEST, LONGEST = 5, 86400


@dataclass(frozen=True, slots=True)
class Level:
    """`after_seconds` without an answer, counted from the level before or from the raising, these people are told."""

    after_seconds: int
    notify_roles: tuple[str, ...]
    notify_on_call: bool
    channels: tuple[str, ...]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Level":
        return cls(values["after_seconds"], tuple(values["notify_roles"]), values["notify_on_call"], tuple(values["channels"]))


@dataclass(frozen=True, slots=True)
class Policy:
    """`repeat_last_every_seconds`: None stands for the last level's own `after_seconds`.

    `acknowledged_again_after_seconds`: an alert that was acknowledged and is not closed by then is active again; None: never.
    """

    levels: tuple[Level, ...]
    repeat_last_every_seconds: int | None = None
    acknowledged_again_after_seconds: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Policy":
        """Of a row, or of what a release wrote that knew no second timer."""
        again = values.get("acknowledged_again_after_seconds")
        return cls(tuple(map(Level.of, values["levels"])), values["repeat_last_every_seconds"], again)

    @classmethod
    def read(cls, text: str) -> "Policy":
        """The policy that `written` wrote."""
        return cls.of(json.loads(text))

    def written(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @property
    def seconds_between_repeats(self) -> int:
        return self.repeat_last_every_seconds or self.levels[-1].after_seconds

    def seconds_until_next(self, level: int) -> int:
        """Seconds from the level (0: from the raising) to the next one, or to the last one again."""
        return self.levels[level].after_seconds if level < len(self.levels) else self.seconds_between_repeats


def _level(after_seconds: int, *roles: str, on_call: bool = False) -> Level:
    return Level(after_seconds, roles, on_call, ("stream", "email"))


# Practices have owners, assistants and therapists, hospitals the other roles; nobody is found in a role that a workspace does not have.
BUILT_IN: Mapping[str, Policy] = {
    "critical": Policy(
        (
            _level(30, "nurse", "therapist", on_call=True),
            _level(60, "nurse", "doctor", "therapist", "owner", on_call=True),
            _level(120, "doctor", "head_doctor", "operator", "admin", "owner"),
        ),
        repeat_last_every_seconds=120,
    ),
    "high": Policy(
        (
            _level(120, "nurse", "therapist", on_call=True),
            _level(300, "doctor", "owner", on_call=True),
            _level(600, "head_doctor", "operator", "admin", "owner"),
        ),
        repeat_last_every_seconds=600,
    ),
    "medium": Policy(
        (_level(600, "nurse", "therapist", "assistant", on_call=True), _level(1800, "doctor", "head_doctor", "owner")),
        repeat_last_every_seconds=3600,
    ),
    "low": Policy(
        (_level(3600, "nurse", "therapist", "assistant", on_call=True), _level(14400, "head_doctor", "owner")),
        repeat_last_every_seconds=86400,
    ),
}


def built_in(priority: str) -> Policy:
    """The policy of a workspace that has set none."""
    return BUILT_IN["medium" if priority == DEFAULT else priority]


def check_policy(policy: Policy) -> None:
    """Raises Invalid with a fault for everything that is wrong with the policy."""
    faults = [fault for number, level in enumerate(policy.levels) for fault in _faults(level, f"/levels/{number}")]
    if not 1 <= len(policy.levels) <= MOST_LEVELS:
        faults.append(Fault("/levels", f"must be 1 to {MOST_LEVELS} levels"))
    for name in ("repeat_last_every_seconds", "acknowledged_again_after_seconds"):
        seconds = getattr(policy, name)
        if seconds is not None and not SHORTEST <= seconds <= LONGEST:
            faults.append(Fault(f"/{name}", f"must be from {SHORTEST} to {LONGEST}"))
    if faults:
        raise Invalid("escalation_policy_invalid", "The policy cannot be used like this.", faults=faults)


def _faults(level: Level, pointer: str) -> list[Fault]:
    faults = []
    if not SHORTEST <= level.after_seconds <= LONGEST:
        faults.append(Fault(f"{pointer}/after_seconds", f"must be from {SHORTEST} to {LONGEST}"))
    if not _are_of(level.notify_roles, ROLES):
        faults.append(Fault(f"{pointer}/notify_roles", f"must be some of {', '.join(ROLES)}, each of them once"))
    if not level.notify_roles and not level.notify_on_call:
        faults.append(Fault(f"{pointer}/notify_roles", "must name a role where nobody on call is told"))
    if not level.channels or not _are_of(level.channels, CHANNELS):
        faults.append(Fault(f"{pointer}/channels", f"must be at least one of {', '.join(CHANNELS)}, each of them once"))
    return faults


def _are_of(words: Sequence[str], known: Sequence[str]) -> bool:
    return len(set(words)) == len(words) and set(words) <= set(known)
