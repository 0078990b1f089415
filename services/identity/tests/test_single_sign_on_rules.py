"""Single sign-on: which configurations, addresses and claims are accepted, and which role somebody gets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Forbidden, Invalid, Unauthenticated
from identity.roles import ROLES_BY_KIND
from identity.single_sign_on import rules
from identity.single_sign_on.rules import GroupRole, Settings

GOOD = Settings(
    slug="general-hospital",
    issuer="https://login.example.org/realms/hospital",
    client_id="caseload",
    enabled=True,
    group_roles=(GroupRole("physicians", "doctor"), GroupRole("wards", "nurse")),
)


def faults(settings, kind="hospital", *, with_loopback=False):
    try:
        rules.check_settings(settings, kind=kind, with_loopback=with_loopback)
    except Invalid as refusal:
        return {fault.pointer for fault in refusal.faults if refusal.code == "sso_invalid"}
    return set()


def test_a_configuration_that_nobody_could_object_to():
    assert faults(GOOD) == set()
    assert (
        faults(replace(GOOD, group_roles=(), default_role="nurse", required=True, email_domains=("example.org", "a.b-c.example"))) == set()
    )
    assert faults(replace(GOOD, group_roles=(GroupRole("heads", "admin"),))) == set()
    assert faults(replace(GOOD, enabled=False, group_roles=())) == set()
    bare = Settings("abc", "https://login.example.org", "caseload")
    assert (bare.enabled, bare.required, bare.groups_claim, bare.default_role, bare.trusts_emails) == (False, False, "groups", None, False)


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        *(({"slug": slug}, "/slug") for slug in ("", "ab", "-abc", "abc-", "Abc", "a b", "a_b", "a" * 64, "abc\n", "äbc")),
        *(
            ({"issuer": issuer}, "/issuer")
            for issuer in ("", "https://", "http://login.example.org", "https://x.example/?a=b", "ftp://x.example")
        ),
        ({"client_id": ""}, "/client_id"),
        ({"client_id": "x" * 256}, "/client_id"),
        ({"groups_claim": ""}, "/groups_claim"),
        ({"groups_claim": "x" * 256}, "/groups_claim"),
        ({"group_roles": (GroupRole("", "doctor"),)}, "/group_roles/0/group"),
        ({"group_roles": (GroupRole("x" * 256, "doctor"),)}, "/group_roles/0/group"),
        ({"group_roles": (GroupRole("a", "doctor"), GroupRole("b", "owner"))}, "/group_roles/1/role"),
        ({"group_roles": (GroupRole("a", "therapist"),)}, "/group_roles/0/role"),
        ({"group_roles": (GroupRole("a", "doctor"),) * 201}, "/group_roles"),
        ({"group_roles": ()}, "/group_roles"),
        ({"default_role": "admin"}, "/default_role"),
        ({"default_role": "owner"}, "/default_role"),
        ({"email_domains": ("example",)}, "/email_domains/0"),
        ({"email_domains": ("example.org", "-x.example")}, "/email_domains/1"),
        ({"email_domains": ("example.org",) * 51}, "/email_domains"),
        ({"required": True, "enabled": False}, "/required"),
    ],
)
def test_what_a_configuration_cannot_be(but, pointer):
    assert faults(replace(GOOD, **but)) == {pointer}


def test_the_limits_are_accepted():
    assert faults(replace(GOOD, slug="abc")) == faults(replace(GOOD, slug="a" * 63)) == set()
    assert faults(replace(GOOD, client_id="x", groups_claim="x", group_roles=(GroupRole("x", "doctor"),))) == set()
    assert faults(replace(GOOD, client_id="x" * 255, groups_claim="x" * 255, group_roles=(GroupRole("x" * 255, "doctor"),) * 200)) == set()
    assert faults(replace(GOOD, email_domains=("example.org",) * 50)) == set()


def test_no_more_entries_are_looked_at_than_there_may_be():
    wrong = faults(replace(GOOD, group_roles=(GroupRole("a", "owner"),) * 201))
    assert wrong == {"/group_roles", *(f"/group_roles/{number}/role" for number in range(200))}


@pytest.mark.parametrize("kind", ["practice", "hospital"])
def test_no_group_makes_an_owner_and_no_default_an_administrator(kind):
    for role in ROLES_BY_KIND[kind]:
        by_group = faults(replace(GOOD, group_roles=(GroupRole("g", role),)), kind)
        assert by_group == ({"/group_roles/0/role"} if role == "owner" else set())
        by_default = faults(replace(GOOD, group_roles=(), default_role=role), kind)
        assert by_default == ({"/default_role"} if role in {"owner", "admin"} else set())


def is_secret_refused(secret, *, was=None, is_kept=False):
    try:
        rules.check_secret(secret, was=was, settings=GOOD, is_kept=is_kept)
    except Invalid as refusal:
        return [fault.pointer for fault in refusal.faults] == ["/client_secret"]
    return False


def test_a_kept_secret_is_shown_to_nobody_else():
    for other in (replace(GOOD, issuer="https://evil.example"), replace(GOOD, client_id="another")):
        assert is_secret_refused(None, was=other, is_kept=True)
        assert not is_secret_refused("new", was=other, is_kept=True)
        assert not is_secret_refused("", was=other, is_kept=True)
        assert not is_secret_refused(None, was=other, is_kept=False)
    assert not is_secret_refused(None, was=replace(GOOD, enabled=False), is_kept=True)
    assert not is_secret_refused(None)
    assert not is_secret_refused("x" * 1024)
    assert is_secret_refused("x" * 1025)


def test_a_group_is_given_an_active_department_alone():
    rules.check_department(3, is_active=True)
    with pytest.raises(Invalid) as refused:
        rules.check_department(3, is_active=False)
    assert refused.value.faults[0].pointer == "/group_roles/3/department_id"


@pytest.mark.parametrize("url", ["https://x.example", "https://x.example:8443/a/b?c=d", "https://[2001:db8::1]/", "HTTPS://X.example"])
def test_providers_are_at_https_addresses(url):
    assert rules.is_address_of_a_provider(url, with_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "", "x.example", "//x.example", "https:x.example", "https:///x", "https://user@x.example", "https://user:word@x.example", "https://:w@x.example",
        "https://x.example/#f", "https://x.example\\@evil.example", "https://x.example/ a", "https://x.example/\n", "https://ü.example", "https://[::1",
        "https://x.example:99999", "javascript:alert(1)", "file:///etc/passwd", "https://x.example/" + "a" * 500, "http://x.example", "http://10.0.0.1",
        "http://localhost.evil.example", "http://127.0.0.1.evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_loopback", [False, True])
def test_and_at_no_others(url, with_loopback):
    assert not rules.is_address_of_a_provider(url, with_loopback=with_loopback)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost/realm", "http://[::1]:1"])
def test_plain_http_is_for_this_machine_and_development(url):
    assert rules.is_address_of_a_provider(url, with_loopback=True)
    assert not rules.is_address_of_a_provider(url, with_loopback=False)


def test_the_longest_address():
    longest = "https://x.example/" + "a" * (512 - len("https://x.example/"))
    assert rules.is_address_of_a_provider(longest, with_loopback=False)
    assert not rules.is_address_of_a_provider(longest + "a", with_loopback=False)


@pytest.mark.parametrize("path", ["/", "/clients", "/clients?tab=new&q=%20a#part", "/" + "a" * 511])
def test_a_path_to_return_to(path):
    assert rules.check_return_to(path) == path


def test_nowhere_to_return_to():
    assert rules.check_return_to(None) is None
    assert rules.check_return_to("") is None


@pytest.mark.parametrize(
    "path",
    ["clients", "//evil.example", "/\\evil", "https://evil.example", "/a\\b", "/a b", "/a\r\nx", "/ä", "/" + "a" * 512, "\t/a", "/a\n"],
)
def test_what_is_no_path_of_the_front_end(path):
    with pytest.raises(Invalid) as refused:
        rules.check_return_to(path)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("sso_return_to_invalid", "/return_to")


def account(claims, *, trusts_emails=False):
    return rules.account_of({"sub": "s"} | claims, groups_claim="groups", trusts_emails=trusts_emails)


@pytest.mark.parametrize("subject", [None, "", 5, ["s"], "s" * 256, "ü", "\ud800"])
def test_an_account_has_a_subject(subject):
    with pytest.raises(Unauthenticated) as refused:
        account({"sub": subject})
    assert refused.value.code == "sso_provider_wrong"
    assert account({"sub": "s" * 255}).subject == "s" * 255


def test_an_address_counts_when_it_is_verified_or_the_workspace_says_so():
    email = {"email": "nora@example.org"}
    assert account(email | {"email_verified": True}).email == "nora@example.org"
    for verified in (False, None, "true", 1, "false"):
        assert account(email | {"email_verified": verified}).email is None
        assert account(email | {"email_verified": verified}, trusts_emails=True).email == "nora@example.org"
    for wrong in (None, 5, ["a@b.example"], "nora", "a@b c", "a\n@b.example", "\ud800@b.example", "a@b\u202e.example"):
        assert account({"email": wrong, "email_verified": True}, trusts_emails=True).email is None


@pytest.mark.parametrize("email", ["nora@fa\u00df.example", "\uff4eora@example.org", "nora@\uff45xample.org"])
def test_an_address_that_passes_for_anothers_is_nobodys(email):
    """It would be linked to whoever has the other, and be one of a domain that may sign in."""
    assert account({"email": email, "email_verified": True}, trusts_emails=True).email is None


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (None, set()), ("one", {"one"}), (["a", "b", "a"], {"a", "b"}), (["a", 5, None, ["b"], {}], {"a"}), ({"a": 1}, set()), (5, set()), ([], set()),
        ([str(number) for number in range(2001)], {str(number) for number in range(2000)}),
    ],
)  # fmt: skip
def test_groups_are_texts(claim, groups):
    assert account({"groups": claim}).groups == groups


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": " Nora Quist "}, "Nora Quist"),
        ({"name": "Bo"}, "Bo"),
        ({"name": "N", "given_name": "Nora", "family_name": "Quist"}, "Nora Quist"),
        ({"given_name": "Nora", "family_name": 5}, "Nora"),
        ({"name": "\x00\n", "preferred_username": "nora"}, "nora"),
        ({"name": ["Nora"], "email": "nora.quist@example.org"}, "nora.quist"),
        ({"email": "n@example.org"}, "New user"),
        ({"name": "N" * 200}, "N" * 100),
        ({"name": "Nora\u202eQuist"}, "NoraQuist"),
        ({}, "New user"),
    ],
)
def test_a_name_is_found_for_everybody(claims, name):
    assert account(claims).full_name == name


@given(
    st.dictionaries(
        st.sampled_from(["name", "given_name", "family_name", "preferred_username", "email"]), st.text() | st.integers() | st.none()
    )
)
def test_a_name_is_always_one_that_users_may_have(claims):
    full_name = account(claims).full_name
    assert 2 <= len(full_name) <= 100
    assert full_name.isprintable()
    assert full_name == full_name.strip()


def is_email_refused(email, *domains, is_new=True):
    try:
        rules.check_email(email, domains=domains, is_new=is_new)
    except Forbidden as refusal:
        return refusal.code == "sso_email_needed"
    return False


def test_somebody_new_has_an_address_and_everybody_one_of_the_domains():
    assert is_email_refused(None)
    assert not is_email_refused(None, is_new=False)
    assert is_email_refused(None, "example.org", is_new=False)
    assert not is_email_refused("nora@other.example")
    assert not is_email_refused("nora@EXAMPLE.org", "other.example", "example.org")
    for is_new in (True, False):
        assert is_email_refused("nora@example.org.evil.example", "example.org", is_new=is_new)
        assert is_email_refused("nora@sub.example.org", "example.org", is_new=is_new)


def test_the_first_entry_that_matches_gives_the_role():
    both = frozenset({"wards", "physicians", "other"})
    assert rules.group_role_of(both, GOOD) == GroupRole("physicians", "doctor")
    assert rules.group_role_of(frozenset({"wards"}), GOOD).role == "nurse"
    assert rules.group_role_of(frozenset(), replace(GOOD, default_role="operator")) == GroupRole("", "operator")
    for groups in (frozenset(), frozenset({"Wards", "ward", ""})):
        with pytest.raises(Forbidden) as refused:
            rules.group_role_of(groups, GOOD)
        assert refused.value.code == "sso_no_role"


def test_an_owner_stays_one_and_so_does_the_last_administrator():
    assert rules.new_role("therapist", was="owner", kind="practice", other_administrators=5) == "owner"
    assert rules.new_role("doctor", was="admin", kind="hospital", other_administrators=0) == "admin"
    assert rules.new_role("doctor", was="admin", kind="hospital", other_administrators=1) == "doctor"
    assert rules.new_role("admin", was="doctor", kind="hospital", other_administrators=0) == "admin"
    assert rules.new_role("assistant", was="therapist", kind="practice", other_administrators=0) == "assistant"


def test_a_sign_in_goes_on_with_the_configuration_that_it_began_with():
    rules.check_is_good(is_enabled=True, version=3, began_with=3)
    for but in ({"is_enabled": False}, {"version": 4}, {"version": 2}):
        with pytest.raises(Unauthenticated) as refused:
            rules.check_is_good(**{"is_enabled": True, "version": 3, "began_with": 3} | but)
        assert refused.value.code == "sso_over"


def test_an_answer_is_of_the_provider_that_was_asked():
    mine = "https://login.example.org"
    rules.check_issuer(mine, issuer=mine, always_told=True)
    rules.check_issuer(mine, issuer=mine, always_told=False)
    rules.check_issuer(None, issuer=mine, always_told=False)
    for told, always in ((None, True), ("", False), (mine + "/", False), ("https://evil.example", True)):
        with pytest.raises(Unauthenticated) as refused:
            rules.check_issuer(told, issuer=mine, always_told=always)
        assert refused.value.code == "sso_provider_wrong"


def test_what_people_are_told():
    assert rules.account_refused().code == "sso_account_refused"
    assert rules.SECONDS_AT_THE_PROVIDER == 600
    assert rules.LEEWAY_SECONDS == 60
    assert rules.BROWSER_BYTES == 32


@pytest.mark.parametrize(
    ("auth_time", "expected"),
    [
        (1_000_000, True),
        (999_640, True),
        (999_639, False),
        (1_000_060, True),
        (1_000_061, False),
        (0, False),
        (None, False),
        ("1000000", False),
    ],
)
def test_who_was_asked_just_now_is_what_the_provider_says_of_it(auth_time, expected):
    claims = {} if auth_time is None else {"auth_time": auth_time}
    assert rules.was_asked(claims, 1_000_000.0) is expected


@pytest.mark.parametrize("role", ["therapist", "nurse", "api_key", "", None])
def test_only_administrators_choose_the_provider(role):
    with pytest.raises(Forbidden) as refused:
        rules.check_may_configure(role)
    assert refused.value.code == "permission_denied"
    for administrator in ("owner", "admin"):
        rules.check_may_configure(administrator)
