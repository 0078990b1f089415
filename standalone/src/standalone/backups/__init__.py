"""Backups of an installation with a PostgreSQL of its own: made, kept for a while, verified and restored (decision 69).

A backup is a few objects below one name, in a directory or a bucket:

    <name>/database       the cluster with the log it needs to start: tar, gzip, sealed
    <name>/files          attachments and files of jobs: tar, sealed
    <name>/keys           what opens the others: the backup's own key and the installation's secrets, under a passphrase
    <name>/manifest.json  sizes, digests and versions, with a MAC; written last, so what has none is no backup
"""
