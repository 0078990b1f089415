"""The records of alerts: what may become of one, who sees it, and the log that live streams follow."""
