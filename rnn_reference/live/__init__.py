"""A verdict inside a running Python, such as a notebook: ``rnn_reference.check(globals())``.

The checks run in another process (``judging``), which asks this one (``serving``): the objects stay where they are, and
neither pytest nor the checks are imported here. A target by name, such as a file, is judged as the command does it.
``check`` is the door, and ``report`` is what comes back.
"""
