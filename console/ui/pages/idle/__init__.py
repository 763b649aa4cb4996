"""The page of idle holders."""
