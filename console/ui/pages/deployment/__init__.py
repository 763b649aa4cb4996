"""One deployment. Widgets only."""
