"""Turns a target (file, notebook, module, adapter's name) into an implementation."""
