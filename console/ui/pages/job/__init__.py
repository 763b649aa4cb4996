"""One job. Widgets only."""
