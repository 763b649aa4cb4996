"""The view of a log: a painted area over core/logs, what feeds it, and the controls around it."""
