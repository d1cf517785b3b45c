"""What the themes of the examples are called."""

from mlviz.i18n import Message

THEME_NAMES = {
    "derivatives": Message("gallery.derivatives"),
    "losses": Message("gallery.losses"),
    "networks": Message("gallery.networks"),
    "training": Message("gallery.training"),
    "generalisation": Message("gallery.generalisation"),
}
"""By the word that stands in the files, in the order in which one learns."""
