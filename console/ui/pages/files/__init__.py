"""The files of a server: browse, move, change. Widgets only."""
