"""Files of notes: examined before they are kept, fetched through links that expire."""
