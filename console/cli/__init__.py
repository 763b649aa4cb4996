"""The `tandem` command: parses words, calls commands, prints results. Decides nothing by itself."""
