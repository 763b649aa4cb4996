"""The deployments of all servers. Widgets only."""
