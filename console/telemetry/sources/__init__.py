"""Servers that a site's own monitoring knows: read there by plugins, shown beside those reached over SSH."""
