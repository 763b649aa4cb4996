"""The frame around the pages: rail, top bar, strip, palette, toasts, and how acts are run."""
