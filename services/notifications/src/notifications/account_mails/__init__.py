"""Mails about accounts: invitations, links, notices."""
