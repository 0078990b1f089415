"""Busy periods: who and what is taken when. Everything that takes time of somebody or something writes here."""
