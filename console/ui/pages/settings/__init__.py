"""Settings, plugins, backup and findings. Widgets only."""
