"""One server: its curves, processes and facts."""
