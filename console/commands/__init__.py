"""Every act that a person can take, as data. One catalogue feeds menus, palette, shortcuts and command line."""
