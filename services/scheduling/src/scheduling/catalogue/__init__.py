"""What all catalogue entries share. An entry is something that a workspace offers and an appointment names by id.

To add a kind of entry, for example rooms: a table made by `catalogue_table` in `tables.py` with its migration, a folder
`rooms` with `rules.py` and `rpc.py` (`locations` is the shortest example), and its servicer in `__main__.py`.
"""
