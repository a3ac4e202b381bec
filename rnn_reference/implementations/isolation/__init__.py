"""Other people's code in a process of its own: a worker with a time limit, and a channel of bytes to it."""
