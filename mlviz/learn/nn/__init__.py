"""Modules: networks and the parts they are made of.

In reading order:

* `module` — what all modules have in common;
* `init` — how weights begin;
* `linear` — the affine layer;
* `containers` — modules made of modules.
"""
