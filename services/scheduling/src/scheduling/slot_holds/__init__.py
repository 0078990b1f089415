"""Slots that somebody keeps for some minutes while an appointment is agreed on."""
