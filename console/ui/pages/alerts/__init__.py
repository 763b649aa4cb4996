"""Alerts: what holds, what was, the rules, silences and channels. Widgets only."""
