"""The places where a practice treats: clinics and their rooms, homes and online."""
