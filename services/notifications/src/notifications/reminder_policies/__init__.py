"""When reminders of a workspace may go out, and what its clients may do by a link in one."""
