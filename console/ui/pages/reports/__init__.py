"""Reports: what jobs used and what they cost, beside the page of idle holders. Widgets only."""
