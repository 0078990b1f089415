"""Session notes and their attachments."""
