"""Tests of when the library of plots is loaded."""

import subprocess
import sys

from mlviz.ui.beforehand import load_beside


def test_plots_are_loaded_beside_the_window() -> None:
    code = (
        "import sys\n"
        "from mlviz.ui.beforehand import load_beside\n"
        "assert 'pyqtgraph' not in sys.modules\n"
        "load_beside(0).join()\n"
        "print('pyqtgraph' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_window_closed_soon_does_not_wait_for_plots() -> None:
    timer = load_beside(60)
    timer.cancel()
    timer.join(5)
    assert not timer.is_alive()
