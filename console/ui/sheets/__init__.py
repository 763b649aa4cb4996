"""Drawers with forms and plans. Each is a kit Sheet over a desk."""
