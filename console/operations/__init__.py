"""Everything that changes something is an Operation: plans, steps, progress, cancelling, undoing.

No room's own knowledge lives here: features hand over their steps as callables.
"""
