"""Writes an appointment as a message to a calendar program (iCalendar, RFC 5545; iTIP, RFC 5546; by mail: RFC 6047)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress

from notifications.mail.message import one_line


@dataclass(frozen=True, slots=True)
class Invite:
    """An appointment as its client's calendar is to show it. Every mail about it has the same UID, that of the practitioner's calendar feed too."""

    appointment_id: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False


def attach(message: EmailMessage, invite: Invite, *, now: datetime) -> None:
    """Adds the appointment to a mail that is complete: as the last alternative, which calendar programs read, and as a file, which people open."""
    method = "CANCEL" if invite.is_cancelled else "REQUEST"
    calendar = write(invite, method, organizer=str(message["From"]), attendee=str(message["To"]), now=now)
    message.add_alternative(calendar.decode(), subtype="calendar", params={"method": method})
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="cancel.ics" if invite.is_cancelled else "invite.ics")


def write(invite: Invite, method: str, *, organizer: str, attendee: str, now: datetime) -> bytes:
    """It says when the appointment is and with which practice, as the mail's text does, and nothing else."""
    name, address = parseaddr(organizer)
    event = Event()
    event.add("uid", f"{invite.appointment_id}@appointments.caseload")
    event.add("sequence", invite.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", invite.starts_at.astimezone(UTC))
    event.add("dtend", invite.ends_at.astimezone(UTC))
    event.add("summary", one_line(name))
    event.add("status", "CANCELLED" if invite.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("organizer", _person(address, cn=one_line(name)))
    # The link in the mail confirms; an answer of the program's own would go to a mailbox that nobody reads.
    event.add("attendee", _person(parseaddr(attendee)[1], role="REQ-PARTICIPANT", partstat="ACCEPTED", rsvp="FALSE"))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Caseload//Reminder//EN")
    calendar.add("method", method)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    for name, value in parameters.items():
        person.params[name.upper()] = value
    return person
