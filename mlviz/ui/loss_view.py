"""stub"""

from mlviz.ui.lab_view import LabView


class LossView(LabView):
    """stub."""
