"""Modules: networks and the parts they are made of.

In reading order:

* `module` — what all modules have in common;
* `init` — how weights begin;
* `linear` — the affine layer;
* `activations` — curves that every entry is sent through;
* `containers` — modules made of modules;
* `losses` — one number that says how wrong the outputs are;
* `regularization` — dropout, normalisation, penalties.

`mlviz.nn` has their public names in one list.
"""
