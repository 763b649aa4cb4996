"""Faults that the lab can make, and the alerts that they give."""
