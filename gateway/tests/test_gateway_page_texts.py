"""The pages' texts are there in every language, and a visitor is shown the right one; a sign-in leads nowhere else."""

import re
import string
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import TooMany
from gateway.pages.account import browser_of
from gateway.pages.destinations import Destinations
from gateway.pages.languages import LANGUAGES, choose, language
from gateway.pages.refusals import explain
from gateway.settings import GatewaySettings

PAGES = files("gateway.pages")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


def placeholders(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_there_in_every_language(code):
    english, texts = language("en").texts, language(code).texts

    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert text.strip() == text != ""
        assert placeholders(text) == placeholders(english[key]), key
    # Names, and words that are the same in several languages.
    same = {key for key in texts if texts[key] == english[key]}
    assert code == "en" or same <= {"direction", "code"}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("end_button", "end_this"),
        ("switch_button", "switch_to"),
        ("rename_button", "rename_this"),
        ("remove_passkey_button", "remove_this"),
    ],
)
def test_what_a_button_is_called_contains_what_is_written_on_it(code, label, name):
    """WCAG 2.2, 2.5.3: whoever speaks to their computer says what they see. axe-core does not look for it."""
    texts = language(code).texts
    assert texts[label].casefold() in texts[name].casefold()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "2 seconds"), (0.2, "2 seconds"), (30, "30 seconds"), (90, "90 seconds"), (91, "2 minutes"), (900, "15 minutes")],
)
def test_whoever_has_to_wait_is_told_how_long_in_units_that_people_use(seconds, told):
    refusal = TooMany("too_many_attempts", "Too many attempts; wait a little before the next.", retry_after=seconds)
    assert explain(refusal, language("en").texts) == f"Too many attempts. Try again in {told}."


def test_every_text_is_used_and_every_text_that_is_used_is_there():
    sources = [each.read_text("utf-8") for folder in (PAGES, PAGES / "templates") for each in folder.iterdir() if each.is_file()]
    used = {key for source in sources for key in re.findall(r"""\bt\.(\w+)|["'](\w+)["']""", source) for key in key if key}
    linked = {f"home_{key}{ending}" for key in ("account", "docs", "openapi", "health", "mail") for ending in ("", "_about")}

    # The page of a failed single sign-on is asked for by the API.
    used.add("sso_title")
    texts = language("en").texts.keys()
    assert texts - used - linked == set()
    named = {key for source in sources for key in re.findall(r"\{[{%][^}]*?\bt\.(\w+)", source)}
    assert named
    assert named - texts == set()


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("de-CH", "de"),
        ("pt-BR, fr;q=0.8, de;q=0.9", "de"),
        ("he-IL,he;q=0.9,en-US;q=0.8", "he"),
        ("iw", "he"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de;q=much, *;q=0.5", "en"),
        ("de;q=nan, fr;q=inf, es;q=0.1", "es"),
        ("\x00;;;==,,," * 500, "en"),
    ],
)
def test_the_language_is_the_best_that_the_browser_asks_for(accepted, code):
    assert choose(accepted=accepted).code == code


def test_a_choice_goes_before_the_browsers_languages_and_they_before_the_workspaces():
    assert choose(chosen=("es", "fr"), accepted="de", locale="he-IL").code == "es"
    assert choose(chosen=("", "../en", "xx"), accepted="de", locale="he-IL").code == "de"
    assert choose(accepted="pt", locale="he-IL").code == "he"


@given(st.text(max_size=60))
def test_any_header_chooses_some_language(header):
    assert choose(accepted=header).code in LANGUAGES


def destinations(**settings):
    return Destinations(GatewaySettings(environment="development", public_url="http://localhost:8000", **settings))


@pytest.mark.parametrize("address", ["/auth/account", "/docs?x=1#y", "/", "https://app.example.com", "https://app.example.com/a/b?c=d"])
def test_a_sign_in_leads_to_the_gateway_and_to_its_front_end(address):
    assert destinations(app_url="https://app.example.com").checked(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\tevil.example",
        "\t//evil.example",
        " //evil.example",
        "https://evil.example",
        "http://app.example.com/",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://user@app.example.com/",
        "https://app.example.com:444/",
        "https:app.example.com",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\r\nSet-Cookie: a=b",
        "/\u2028",
        "/\u00e9",
        "http://[",
        "/" + "a" * 3000,
        "/api/v1/auth/oidc/evil/start",
        "/%61pi/v1/auth/oidc/evil/start",
        "/./api/v1/auth/oidc/evil/start",
        "/docs/../api/v1/auth/oidc/evil/start",
        "/docs/%2E%2e/api/v1/auth/oidc/evil/start?again=true",
    ],
)
def test_a_sign_in_leads_nowhere_else(address):
    assert destinations(app_url="https://app.example.com").checked(address) == ""


def test_the_api_of_the_gateway_is_no_destination_and_that_of_a_front_end_elsewhere_is_its_own_matter():
    assert destinations(app_url="http://localhost:8000/app").checked("http://localhost:8000/api/v1/auth/oidc/evil/start") == ""
    assert destinations(app_url="https://app.example.com").checked("https://app.example.com/api/x") == "https://app.example.com/api/x"


def test_the_front_ends_origin_is_named_where_it_is_another():
    assert destinations().app_origin == ""
    assert destinations(app_url="http://localhost:8000/app").app_origin == ""
    assert destinations(app_url="https://app.example.com/x").app_origin == "https://app.example.com"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (SAFARI, "Safari, iPhone"),
        ("curl/8", "curl/8"),
        ("x" * 500, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_is_told_by_its_name(user_agent, told):
    assert browser_of(user_agent) == told


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/auth/account", ("/auth/account", True)),
        ("/auth/second-factor?next=%2Fdocs", ("/auth/second-factor?next=%2Fdocs", True)),
        ("/" + "a" * 511, ("/" + "a" * 511, True)),
        ("/" + "a" * 512, ("/auth/account", True)),
        ("https://app.example.com/caseload/keys?a=1#b", ("/keys?a=1#b", False)),
        ("HTTPS://APP.example.com/caseload/keys", ("/keys", False)),
        ("https://app.example.com/caseload", ("/", False)),
        ("https://app.example.com/caseload/" + "a" * 511, ("/" + "a" * 511, False)),
        ("https://app.example.com/caseload/" + "a" * 512, ("/", False)),
        ("https://app.example.com", ("/", False)),
    ],
)
def test_a_provider_leads_back_by_a_path_of_a_page_or_of_the_front_end(address, path):
    assert destinations(app_url="https://app.example.com/caseload").path_of(address) == path


def test_where_a_link_leads_is_kept_for_one_visitor_and_cannot_be_made_up():
    one = destinations(app_url="https://app.example.com")
    for address in ("/docs?a=1;b", "https://app.example.com/keys"):
        sealed = one.sealed(address, "visitor")
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", sealed)
        assert one.unsealed(sealed, "visitor") == address
        assert one.unsealed(sealed, "another") == ""
        assert one.unsealed(one.sealed(address, ""), "") == ""
        encoded, _, tag = sealed.partition(".")
        for made_up in ("", ".", encoded, f"{encoded}.", f".{tag}", f"{one.sealed('/other', 'visitor').partition('.')[0]}.{tag}", "é.é"):
            assert one.unsealed(made_up, "visitor") == ""
    assert one.unsealed(one.sealed("https://evil.example/", "visitor"), "visitor") == ""
