"""Every act that a person can take, as data: one catalogue feeds menus, palette and command line."""
