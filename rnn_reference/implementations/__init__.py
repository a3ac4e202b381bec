"""Finds, loads and calls other people's recurrent networks."""
