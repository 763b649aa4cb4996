"""Two runs side by side. Widgets only."""
