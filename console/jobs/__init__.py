"""Jobs: specs, states, logs, metrics and the way to the servers' queues."""
