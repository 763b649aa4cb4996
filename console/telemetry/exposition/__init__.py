"""The fleet's numbers for a Prometheus that asks on 127.0.0.1. Nothing here asks a server."""
