"""A server that is not there: real SSH sessions whose agent is one process that answers for all of them."""
