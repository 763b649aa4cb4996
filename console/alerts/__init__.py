"""Alerts: rules over what the fleet tells, who judges them, silences, and how they are delivered."""
