"""What this console did and does. Widgets only."""
