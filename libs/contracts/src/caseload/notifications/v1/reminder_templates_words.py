"""The words for the enums of caseload/notifications/v1/reminder_templates.proto, as the API writes them. Generated; never edited."""

from typing import Final, Literal

TextMessageEncoding = Literal["gsm7", "ucs2"]
TEXT_MESSAGE_ENCODING_WORDS: Final[dict[int, TextMessageEncoding]] = {
    1: "gsm7",
    2: "ucs2",
}
