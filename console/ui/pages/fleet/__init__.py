"""The fleet: number cards, a map with a tile per accelerator, the servers, and the inspector."""
