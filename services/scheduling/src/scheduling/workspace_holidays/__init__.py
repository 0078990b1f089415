"""Days on which nobody of a workspace works: its own, and public holidays."""
