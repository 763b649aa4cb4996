"""Samples, rings, snapshots, roll-ups and history queries. Nothing here changes a server."""
