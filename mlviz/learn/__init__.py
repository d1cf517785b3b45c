"""What is learned: networks, their data, and the rules that change them.

In reading order:

* `nn` — modules: layers, activations, losses, first weights;
* `rules` — how optimizers change a parameter, as rows of text;
* `optim` — these rules with PyTorch's interface;
* `schedules` — how the learning rate changes from epoch to epoch;
* `data` — sets of examples, tables, splits and batches;
* `network`, `formula` — programs: what can be trained, with its data;
* `training` — training as records: each iteration a tape and the updates that followed;
  `history` keeps checkpoints, `walker` computes from one iteration to the next;
* `run` — a training with its curves and the rules that stop it;
* `forward`, `measure` — what a network answers, and how good that is.

The public names are in `mlviz.nn`, `mlviz.optim` and `mlviz.data`.
"""
