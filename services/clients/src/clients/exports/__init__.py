"""All that a workspace holds on its clients, in one archive for leaving."""
