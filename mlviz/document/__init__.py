"""What a file says: examples, lessons and formulas, read and checked.

* `localtext` — text in more than one language;
* `limits`, `reading`, `schema` — from a file to a checked table;
* `data_file`, `table_file` — from `[data]` to examples that are ready;
* `network_file`, `formula_file` — from a table to a program;
* `scenes` — where in a timeline something is said;
* `document` — a whole document;
* `recipe` — what is changed in one: `edits`, `fitting`, `differences`;
* `table_start`, `folds` — a first choice for somebody's table; k-fold validation;
* `examples` — those that come with the program.
"""

from mlviz.document.document import Document, from_formula, load
from mlviz.document.localtext import LocalText
from mlviz.document.scenes import Scene, scene_steps

__all__ = [
    "Document",
    "LocalText",
    "Scene",
    "from_formula",
    "load",
    "scene_steps",
]
