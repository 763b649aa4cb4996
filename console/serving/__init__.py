"""Serving: runtimes, releases, the router, and switching versions without a failed request."""
