"""What runs on a server: standard library only, Python 3.6 and up, started from memory over SSH.

Nothing of the console may be imported here, and nothing is read or written before a method asks for it.
"""
