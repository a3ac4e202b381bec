"""Loads a target (file, notebook, module, name of an adapter) as an implementation."""
