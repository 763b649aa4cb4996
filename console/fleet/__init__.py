"""The servers and their live links: inventory, the agent's client side, reconnecting. Knows no GPU."""
