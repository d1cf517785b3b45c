"""What is learned: networks, their data, and the rules that change them.

In reading order:

* `nn` — modules: layers, activations, losses, first weights;
* `rules` — how optimizers change a parameter, as rows of text;
* `optim` — these rules with PyTorch's interface;
* `schedules` — how the learning rate changes from epoch to epoch;
* `data` — sets of examples, tables, splits and batches;
* `training` — training as records: each iteration a tape and the updates that followed.

The public names are in `mlviz.nn`, `mlviz.optim` and `mlviz.data`.
"""
