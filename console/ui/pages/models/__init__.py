"""The registry of models. Widgets only."""
