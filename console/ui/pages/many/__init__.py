"""One command line on many servers. Widgets only."""
