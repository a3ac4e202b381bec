"""A class or functions of somebody's own: their weights, states and gradients are found by name and shape.

People write the same network in many ways: a class with ``Wxh``, ``Whh`` and ``bh``, a cell and a loop around it, a
list of parameters and a function. Nothing here knows one of them. The parts have *roles*, and a role is found by the
name that the field gives it and by its shape, at sizes that all differ. What is still open (is ``Whh`` transposed? does
time or the batch come first?) is tried, and the form that comes nearest to the right network is taken.

``names`` has the words of the field. ``slots`` finds arrays in an object, ``weights`` gives them roles, ``making``
makes the object. ``forms`` are the forms of sequences and states, ``states`` finds them in what comes back, and
``gradients`` does the same for a backward pass. ``running`` calls their code; ``columns``, ``prefixes`` and ``words``
make a whole network from one that takes one column, returns one state, or reads numbers of words. ``reading`` tries the
forms, and ``own`` is the network that comes out.
"""
