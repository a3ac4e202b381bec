"""Other people's code in its own process: a worker with a time limit, and a channel to it.

``isolated`` asks questions, ``worker`` manages the process, ``channel`` sends and receives messages, and ``child`` is
the program in the process.
"""
