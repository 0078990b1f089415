"""Who is on call: by shift schedules, and by overrides of them."""
