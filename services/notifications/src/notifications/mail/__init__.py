"""Templates of mails, and how a mail is claimed, sent and recorded, whatever its kind."""
