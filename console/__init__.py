"""Tandem: the desktop console for training and inference servers. Nothing but the version lives here."""

__version__ = "0.1.0"
