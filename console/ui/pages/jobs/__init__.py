"""The jobs of all servers. Widgets only."""
