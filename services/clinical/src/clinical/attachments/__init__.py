"""Files of notes: sanitized before they are stored, downloaded through links that expire."""
