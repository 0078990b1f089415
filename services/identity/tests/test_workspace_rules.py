"""Which values the fields of a workspace accept."""

import pytest

from chassis.errors import Forbidden, Invalid
from identity.roles import SCOPES_BY_ROLE
from identity.workspaces.rules import (
    CHANGEABLE,
    check_may_change,
    check_workspace,
    cosign_hours,
    is_cosign_hours,
    is_office_hours,
    told_of_change,
)


@pytest.mark.parametrize("locale", ["en", "en-GB", "sr-Latn-RS", "es-419"])
@pytest.mark.parametrize("time_zone", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires"])
def test_locales_and_time_zones_of_the_world_are_accepted(locale, time_zone):
    check_workspace({"name": "Practice", "locale": locale, "time_zone": time_zone})


@pytest.mark.parametrize("required", [True, False, [], ["owner"], ["therapist", "nurse"], sorted(SCOPES_BY_ROLE)])
def test_a_second_factor_may_be_required_of_everybody_nobody_or_some_roles(required):
    check_workspace({"settings": {"second_factor_required": required}})


@pytest.mark.parametrize("required", [None, 0, 1, "true", "owner", ["nobody"], ["owner", "nobody"], [1], [["owner"]], {"owner": True}, {}])
def test_and_of_nothing_else(required):
    with pytest.raises(Invalid) as refused:
        check_workspace({"settings": {"second_factor_required": required}})
    assert [fault.pointer for fault in refused.value.faults] == ["/settings/second_factor_required"]


def test_each_setting_that_is_wrong_is_told():
    with pytest.raises(Invalid) as refused:
        check_workspace(
            {"settings": {"second_factor_required": 1, "lock_after_failures": 1, "amendment_reason_required": 1, "cosign_hours": 0}}
        )
    assert [fault.pointer for fault in refused.value.faults] == [
        "/settings/amendment_reason_required", "/settings/second_factor_required", "/settings/lock_after_failures", "/settings/cosign_hours",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        (None, True), ("front-desk@lakeside.example", True), ("", False), (5, False), (["a@b.example"], False), ("front desk", False),
        ("a@b.example, c@d.example", False), ("a@b.example\nBcc: c@d.example", False), ("Front <a@b.example>", False), ("é@b.example", False),
        (f"{'a' * 250}@b.example", False),
    ],
)  # fmt: skip
def test_clients_reply_to_one_plain_address(address, is_taken):
    if is_taken:
        check_workspace({"settings": {"reply_to": address}})
        return
    with pytest.raises(Invalid) as refused:
        check_workspace({"settings": {"reply_to": address}})
    assert [fault.pointer for fault in refused.value.faults] == ["/settings/reply_to"]


@pytest.mark.parametrize(
    ("hours", "is_taken"), [(0, False), (1, True), (2160, True), (2161, False), (True, False), ("72", False), (1.5, False)]
)
def test_a_cosignature_has_an_hour_to_ninety_days(hours, is_taken):
    assert is_cosign_hours(hours) == is_taken
    assert cosign_hours({"cosign_hours": hours}) == (hours if is_taken else 72)


@pytest.mark.parametrize("hours", [("07:00", "20:00", [1, 2, 3, 4, 5]), ("00:00", "23:59", [7])])
def test_office_hours_are_times_of_days(hours):
    hours = dict(zip(("start", "end", "weekdays"), hours, strict=True))
    assert is_office_hours(hours)
    check_workspace({"settings": {"office_hours": hours}})


@pytest.mark.parametrize(
    "hours",
    [
        None, "07:00-20:00", {}, {"start": "07:00", "end": "20:00"}, {"start": "07:00", "end": "20:00", "weekdays": [1], "zone": "UTC"},
        *({"start": start, "end": end, "weekdays": [1]} for start, end in (("20:00", "07:00"), ("07:00", "07:00"), ("7:00", "20:00"), ("07:00", "24:00"), (7, 20))),
        *({"start": "07:00", "end": "20:00", "weekdays": days} for days in ([], [0], [8], [1, 1], [True], [1.5], ["1"], 1, None)),
    ],
)  # fmt: skip
def test_and_nothing_else_is(hours):
    assert not is_office_hours(hours)
    with pytest.raises(Invalid) as refused:
        check_workspace({"settings": {"office_hours": hours}})
    assert [fault.pointer for fault in refused.value.faults] == ["/settings/office_hours"]


@pytest.mark.parametrize("settings", [None, {}, {"cosign_hours": None}])
def test_a_workspace_that_has_set_nothing_gives_three_days_for_a_cosignature(settings):
    assert cosign_hours(settings) == 72


def test_the_trail_is_told_which_fields_changed_and_what_the_known_settings_are_now():
    was = dict.fromkeys(CHANGEABLE) | {"name": "Lakeside", "settings": {"second_factor_required": True, "cosign_hours": 24, "colours": 1}}
    assert told_of_change(was, was) == {"changed": "nothing"}
    now = was | {
        "phone": "1",
        "settings": {"second_factor_required": ["nurse"], "cosign_hours": 24, "lock_after_failures": 5, "colours": 2},
    }
    assert told_of_change(was, now) == {
        "changed": "phone settings",
        "second_factor_required": '["nurse"]',
        "lock_after_failures": "5",
    }
    # What is not set any more is what applies to whoever has set nothing.
    assert told_of_change(now, was | {"settings": {}})["second_factor_required"] == "null"
    # What a front end keeps there is its own affair, and no fact of the trail.
    assert "colours" not in told_of_change(was, was | {"settings": {"colours": "of Ada"}})


@pytest.mark.parametrize(
    "setting",
    [
        "amendment_reason_required",
        "cosign_hours",
        "lock_after_failures",
        "office_hours",
        "offline_days",
        "reply_to",
        "second_factor_required",
    ],
)
def test_the_trail_is_told_of_every_setting_that_we_know(setting):
    was = dict.fromkeys(CHANGEABLE) | {"settings": {}}
    assert told_of_change(was, was | {"settings": {setting: 5}}) == {"changed": "settings", setting: "5"}


@pytest.mark.parametrize(
    "settings", [{}, {"second_factor_required": ["nurse"], "lock_after_failures": 5}, {"second_factor_required": True}]
)
def test_only_people_change_how_people_sign_in(settings):
    was = dict.fromkeys(CHANGEABLE) | {"settings": {"second_factor_required": True, "lock_after_failures": 5}}
    check_may_change(was, was | {"settings": settings}, "owner")
    with pytest.raises(Forbidden) as refused:
        check_may_change(was, was | {"settings": settings}, None)
    assert refused.value.code == "permission_denied"
    check_may_change(was, was | {"settings": was["settings"] | {"office_hours": None}}, None)
