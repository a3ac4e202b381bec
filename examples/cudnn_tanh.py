"""The smallest script that shows it: cuDNN's float32 tanh layer does not compute tanh to float32.

    python examples/cudnn_tanh.py

One unit, an identity for its input, every other weight zero: the layer's output is tanh(x) and nothing else.
"""

import torch

torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
z = torch.linspace(-6, 6, 4096, device="cuda").reshape(1, -1, 1)
for nonlinearity, right in (("tanh", torch.tanh), ("relu", torch.relu)):
    layer = torch.nn.RNN(1, 1, nonlinearity=nonlinearity, device="cuda")
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(0)
        layer.weight_ih_l0.fill_(1)
        for kernel in ("cuDNN", "native"):
            torch.backends.cudnn.enabled = kernel == "cuDNN"
            off = (layer(z)[0].double() - right(z.double())).abs()
            print(f"{nonlinearity}, {kernel}: off by {off.max():.1e}, {off.max() / 2**-24:.0f} units roundoff")
