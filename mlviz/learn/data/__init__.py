"""Data: what networks learn from.

In reading order:

* `dataset` — what a set of examples is;
* `generated` — points in the plane and noisy curves, made from a seed;
* `preprocess` — one scale, classes as switches, gaps filled;
* `tables`, `columns`, `csv_file` — named columns, and CSV files as they come;
* `shipped` — iris, penguins, houses and handwritten digits;
* `splits` — training, validation and test rows; folds;
* `prepare` — from a table to what a network reads, in fixed steps;
* `loader` — batches.
"""
