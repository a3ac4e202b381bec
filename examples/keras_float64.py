"""Keras's SimpleRNN in float64 computes in float32: a layer of one unit whose output is tanh(x) and nothing else.

    KERAS_BACKEND=torch python examples/keras_float64.py      # or jax, numpy

Needs keras. What it prints is in docs/generated/matrix.md.
"""

import keras
import numpy as np

backend = keras.backend.backend()
if backend == "jax":
    import jax

    jax.config.update("jax_enable_x64", True)

x = np.array([[[0.1]]])
layer = keras.layers.SimpleRNN(1, dtype="float64")
layer.build(x.shape)
layer.set_weights([np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1)])
print(f"keras {keras.__version__} on {backend}:", end=" ")
print(f"result_type of float64 and float64 is {keras.backend.result_type('float64', 'float64')};", end=" ")
try:
    got = keras.ops.convert_to_numpy(layer(x))
    print(f"SimpleRNN(1, dtype='float64') gives tanh(0.1) in {got.dtype}, off by {abs(got - np.tanh(0.1)).max():.0e}")
except TypeError as error:
    reason = next(line for line in str(error).splitlines() if "float64" in line).strip()
    print(f"SimpleRNN(1, dtype='float64') raises TypeError: {reason}")
