"""The gradient checker for any function: its steps, its bounds, and what it refuses."""
