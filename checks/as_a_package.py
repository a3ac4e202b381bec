"""The checks of an implementation, collected by pytest: by path, or by ``--pyargs`` once installed."""
