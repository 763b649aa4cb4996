"""A log of any length as values: where its lines are, what a line shows, what of it is trouble. No I/O."""
