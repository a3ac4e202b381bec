"""Other people's code in a process of its own: a worker with a time limit, and a channel of bytes to it.

``isolated`` asks, ``worker`` keeps the process, ``channel`` carries messages, ``child`` is the program in the process.
"""
