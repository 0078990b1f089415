"""The self-test of an installation: asks it, as one workspace, for everything of another one, and reports what it answered."""
