"""The code of a job as a snapshot by hash: which files, sending them, looking at them later."""
