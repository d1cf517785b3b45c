"""stub"""

from mlviz.ui.lab_view import LabView


class RunsView(LabView):
    """stub."""
