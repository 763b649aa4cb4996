"""The widget kit: small painted widgets that pages are made of. Nothing here knows a service."""
