"""Writes a reminder: the workspace's own text, or ours in the nearest language, with the placeholders replaced."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from babel import Locale

from caseload.identity.v1 import workspaces_pb2
from notifications.mail import dates
from notifications.mail.message import one_line
from notifications.reminder_templates import rules

LANGUAGES = ("en", "de", "fr", "es", "he")
# What a text of the workspace may have in HTML. Images are left out: a mail that loads one tells when and where it is read.
_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}
_ATTRIBUTES = {**{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}, "*": {"style", "dir", "lang"}}
_STYLES = {
    "background-color", "border", "border-radius", "color", "direction", "font-family", "font-size", "font-style", "font-weight",
    "line-height", "margin", "max-width", "padding", "text-align", "text-decoration", "white-space", "width",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class ReminderText:
    """A subject, a text and perhaps HTML, with placeholders, in a language."""

    locale: Locale
    subject: str
    text: str
    html: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any] | None, workspace_locale: str) -> "ReminderText":
        """The template of a row, or without one our own text."""
        if row is None:
            return default(workspace_locale)
        return cls(dates.locale(row["locale"]), row["subject"], row["text"], row["html"])


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str
    # As HTML says them.
    language: str
    direction: str


def default(locale: str) -> ReminderText:
    """Our own text in the language of the locale, or in English. Dates are as usual in the locale's country."""
    known = dates.locale(locale)
    if known.language not in LANGUAGES:
        known = dates.ENGLISH
    texts = own_texts(known.language)
    return ReminderText(known, texts["subject"], texts["text"], texts["html"])


def notice(which: str, locale: str) -> ReminderText:
    """Our own text that says that an appointment was "moved" or "cancelled", or stays although it was to be cancelled ("declined"), or that a time is "offered" to somebody who waits for one."""
    known = default(locale).locale
    text = own_texts(known.language)[which]
    return ReminderText(known, text["subject"], text["text"], text.get("html"))


@cache
def own_texts(language: str) -> Mapping[str, Any]:
    """Our texts by key; English for a language that we do not have."""
    name = f"{language if language in LANGUAGES else 'en'}.toml"
    return tomllib.loads((files("notifications.reminder_templates") / "texts" / name).read_text("utf-8"))


def labelled(word: str, language: str) -> str:
    """A word of ours before what it is the label of, with a colon as the language has it."""
    return rules.substitute(own_texts(language)["labelled"], {"label": word})


def values(
    locale: Locale, workspace: workspaces_pb2.Workspace, *, first_name: str, starts_at: datetime, zone: ZoneInfo
) -> Mapping[str, str]:
    """What the placeholders stand for, each as one line of printable characters: a name can hold anything."""
    found = {
        "first_name": first_name,
        "date": dates.format_day(starts_at, zone, locale),
        "time": dates.format_time(starts_at, zone, locale),
        "practice": workspace.name,
        "practice_phone": workspace.phone,
        "practice_address": workspace.address,
    }
    return {name: one_line(value) for name, value in found.items()}


def with_links(rendered: Rendered, language: str, *, confirm: str, cancel: str, opt_out: str) -> Rendered:
    """The same with the links under it, in our own words of the language."""
    texts = own_texts(language)
    named = {texts["confirm"]: confirm, texts["cancel"]: cancel, texts["opt_out"]: opt_out}
    lines = "".join(f"{labelled(word, language)}\n{link}\n\n" for word, link in named.items())
    links = " · ".join(f'<a href="{escape(link)}">{escape(word)}</a>' for word, link in named.items())
    return replace(rendered, text=f"{rendered.text.rstrip()}\n\n--\n{lines}", html=f"{rendered.html}\n<hr>\n<p>{links}</p>")


def render(template: ReminderText, values: Mapping[str, str]) -> Rendered:
    text = rules.substitute(template.text, values)
    if template.html is None:
        html = f'<p style="white-space: pre-line">{escape(text)}</p>'
    else:
        # Cleaned when it is whole: a value may have become a part of an address.
        html = nh3.clean(
            rules.substitute(template.html, values, escape),
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            filter_style_properties=_STYLES,
        )
    is_rtl = template.locale.character_order == "right-to-left"
    return Rendered(
        subject=one_line(rules.substitute(template.subject, values)),
        text=text,
        html=html,
        language=dates.tag(template.locale),
        direction="rtl" if is_rtl else "ltr",
    )
