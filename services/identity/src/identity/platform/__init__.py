"""Running the installation: opening, listing, suspending and reactivating workspaces."""
