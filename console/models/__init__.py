"""Models: the registry of versions and their artifacts. Weights are never unpickled here."""
