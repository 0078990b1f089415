"""What users prove their identity with (passwords, magic links, device tokens), and the limit on attempts."""
