"""Frameworks under a name, such as torch: one file each, imported when its name is asked for."""
