"""Other keepers of versions: git repositories and packed files."""
