"""Slots that are held while an appointment is agreed on."""
