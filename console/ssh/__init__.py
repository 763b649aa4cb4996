"""SSH, hardened: configuration, host keys, authentication, connections, forwards, transfer.

Knows nothing of accelerators, jobs or widgets. Only this room and the demo import paramiko.
"""
