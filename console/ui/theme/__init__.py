"""Colours, fonts and icons of the window. Nothing here knows a page or a server."""
