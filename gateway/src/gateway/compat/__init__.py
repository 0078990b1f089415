"""What the gateway does for front ends that were written for other systems. Nothing behind the gateway knows of it."""
