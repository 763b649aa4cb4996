"""What every room stands on: problems, units, clock, ids, safe text, options, files, ports.

Nothing here knows of servers, GPUs, databases or widgets.
"""
