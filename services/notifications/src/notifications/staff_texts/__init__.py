"""The texts of mails to those who work in a practice, in the languages that reminders have."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.dates import format_time as format_clock
from babel.units import format_unit

from notifications.mail import dates
from notifications.mail.message import one_line
from notifications.reminder_templates.rendering import Rendered, default
from notifications.reminder_templates.rules import substitute

# Mails that only say that something needs somebody: by these names in the texts.
NOTICES = (
    "cosign_overdue",
    "cosign_unattended",
    "cosign_missed",
    "note_returned",
    "review_overdue",
    "webhook_disabled",
    "address_held",
    "audit_broken",
    "backup_failed",
    "offer_undelivered",
)


@dataclass(frozen=True, slots=True)
class StaffText:
    """The texts in one language. Dates and times are as usual in the locale."""

    locale: Locale

    @classmethod
    def of(cls, workspace_locale: str) -> "StaffText":
        return cls(default(workspace_locale).locale)

    def day(self, day: date) -> str:
        return format_date(day, "full", locale=self.locale)

    def times(self, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
        """From when to when, such as 09:00-09:50."""
        clocks = (format_clock(at.astimezone(zone), "short", tzinfo=zone, locale=self.locale) for at in (starts_at, ends_at))
        return "\N{EN DASH}".join(clock.replace("\u202f", " ") for clock in clocks)

    def lasts(self, span: timedelta) -> str:
        """How long something is good, such as 15 minutes, 36 hours or 7 days: to the nearest, and at least a minute."""
        for unit, length, least in (("day", timedelta(days=1), 2), ("hour", timedelta(hours=1), 2), ("minute", timedelta(minutes=1), 0)):
            if span >= least * length:
                return format_unit(max(1, round(span / length)), f"duration-{unit}", locale=self.locale)
        raise AssertionError

    def when(self, at: datetime, zone: ZoneInfo) -> Mapping[str, str]:
        return {"date": dates.format_day(at, zone, self.locale), "time": dates.format_time(at, zone, self.locale)}

    def render(self, which: str, *, times: Sequence[str] = (), link: str, **values: str) -> Rendered:
        """The mail that the texts call `which`: a greeting, what it is about, a list of times, and where to sign in."""
        texts = _texts(self.locale.language)
        clean = {key: one_line(value) for key, value in values.items()}
        parts = [texts["greeting"], texts[which]["text"]]
        before = [substitute(part, clean) for part in parts]
        text = "\n\n".join([*before, *(["\n".join(f"    {each}" for each in times)] if times else []), f"{texts['sign_in']}\n{link}"])
        html = "".join(f"<p>{substitute(part, clean, escape)}</p>\n" for part in parts)
        if times:
            html += "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in times) + "</ul>\n"
        return self._rendered(
            subject=one_line(substitute(texts[which]["subject"], clean)),
            text=f"{text}\n",
            html=f'{html}<p>{escape(texts["sign_in"])}<br><a href="{escape(link)}">{escape(link)}</a></p>',
        )

    def link(self, which: str, *, name: str, lasts: timedelta, link: str, workspace: str = "") -> Rendered:
        """The mail that the texts call `which`, whose link lets its reader in: for how long it is good, and what to do if nobody asked for it."""
        texts = _texts(self.locale.language)
        said = texts[which]
        clean = {"name": one_line(name), "workspace": one_line(workspace), "lasts": self.lasts(lasts)}
        before, after = (texts["greeting"], said["text"]), said["after"]
        html = "".join(f"<p>{substitute(part, clean, escape)}</p>\n" for part in before)
        return self._rendered(
            subject=one_line(substitute(said["subject"], clean)),
            text="\n\n".join([*(substitute(part, clean) for part in before), link, after]) + "\n",
            html=f'{html}<p><a href="{escape(link)}">{escape(link)}</a></p>\n<p>{escape(after)}</p>',
        )

    def notice(self, which: str) -> tuple[str, str]:
        """Subject and text of what the texts call `which`, without a greeting."""
        said = _texts(self.locale.language)[which]
        return said["subject"], said["text"][0].upper() + said["text"][1:]

    def alert(
        self,
        which: str,
        *,
        drill: bool,
        priority: str,
        what: str,
        department: str,
        room: str,
        since: str,
        name: str,
        link: str,
        notice: str = "",
    ) -> Rendered:
        """The mail that the texts call `which` about an alert: how urgent it is, of what type, where, and since when. Both places may be empty: the whole house.

        `notice` names what the workspace itself has raised it for, among the texts: that stands in the place of type and place.
        """
        texts = _texts(self.locale.language)
        words, said = texts["alert_words"], texts[which]
        room = room and substitute(words["room"], {"room": one_line(room)})
        where = ", ".join(filter(None, (one_line(department), room))) or words["whole_house"]
        described = [("type", one_line(what)), ("where", where)]
        if notice:
            where, _ = self.notice(notice)
            described = []
        clean = {"priority": words[priority], "where": where, "drill": words["drill"] if drill else ""}
        labelled = [("priority", words[priority]), *described, ("since", since)]
        facts = [substitute(words["labelled"], {"label": words[label], "value": value}) for label, value in labelled]
        if notice:
            facts.insert(1, where)
        before = [substitute(texts["greeting"], {"name": one_line(name)}), substitute(said["text"], clean)]
        after = said.get("after", "")
        html = "".join(f"<p>{escape(part)}</p>\n" for part in before)
        html += f'<p style="font-size: 1.2em"><strong>{"<br>".join(map(escape, facts))}</strong></p>\n<p>{escape(said["link"])}</p>\n'
        html += f'<p><a href="{escape(link)}">{escape(link)}</a></p>' + (f"\n<p>{escape(after)}</p>" if after else "")
        parts = [*before, "\n".join(f"    {fact}" for fact in facts), said["link"], link, *([after] if after else [])]
        return self._rendered(
            subject=one_line(substitute(said["subject"], clean)),
            text="\n\n".join(parts) + "\n",
            html=html,
        )

    def security(self, kind: str, *, when: str, name: str) -> Rendered:
        """A notice of what has become of an account. It has no link: those that ask for a password are what people are warned of."""
        texts = _texts(self.locale.language)
        greeting = substitute(texts["greeting"], {"name": one_line(name)})
        said = texts["security"]
        parts = [greeting, said[kind], when, said["advice"]]
        return self._rendered(
            subject=said["subject"],
            text="\n\n".join(f"    {part}" if part is when else part for part in parts) + "\n",
            html="".join(f"<p><strong>{escape(part)}</strong></p>\n" if part is when else f"<p>{escape(part)}</p>\n" for part in parts),
        )

    def _rendered(self, subject: str, text: str, html: str) -> Rendered:
        direction = "rtl" if self.locale.character_order == "right-to-left" else "ltr"
        return Rendered(subject=subject, text=text, html=html, language=dates.tag(self.locale), direction=direction)


@cache
def _texts(language: str) -> Mapping[str, Any]:
    return tomllib.loads((files("notifications.staff_texts") / f"{language}.toml").read_text("utf-8"))
