"""What a reader sees of a mail."""

import re
from html import unescape


def seen(html: str) -> str:
    """The words of the HTML, with one blank between two."""
    return words(unescape(re.sub("<[^>]*>", " ", html)))


def words(text: str) -> str:
    """The words of a plain text, with one blank between two, and none before a mark that follows a tag."""
    return re.sub(r" (?=[.,;)])", "", " ".join(text.split()))
