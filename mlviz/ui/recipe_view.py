"""stub"""

from mlviz.ui.lab_view import LabView


class RecipeView(LabView):
    """stub."""
