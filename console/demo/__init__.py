"""The built-in fleet (paramiko's server side, loopback only) and the guided round. Not for real servers."""
