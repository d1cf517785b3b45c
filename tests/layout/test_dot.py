"""Graphviz: how it is found, how it is ended, and what happens without it."""

import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlviz.layout import (
    LayoutCancelled,
    LayoutError,
    LayoutGraph,
    NodeBox,
    clear_cache,
    find_dot,
    layout,
)
from mlviz.layout import dot as dot_module
from mlviz.layout import program as program_module
from mlviz.layout.dot import lay_out_dot
from mlviz.layout.graph import DEFAULT_SPACING
from tests.layout.graphs import check, graph, network, sample

scripts = pytest.mark.skipif(os.name == "nt", reason="a script is no program there")


def program(folder: Path, name: str, text: str) -> Path:
    """A program written in Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def without_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(program_module, "_graphviz_pure", lambda: None)
    monkeypatch.delenv("MLVIZ_DOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    program_module._find_dot.cache_clear()
    clear_cache()
    yield
    program_module._find_dot.cache_clear()


def test_the_program_that_came_with_the_package_is_found_without_a_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MLVIZ_DOT", raising=False)
    monkeypatch.setenv("PATH", "")
    found = find_dot()
    assert found is not None
    assert found.stem == "graphviz-pure"
    clear_cache()
    assert layout(graph([(0, 1)])).engine == "dot"


@scripts
def test_the_program_named_by_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = program(tmp_path, "my-dot", "")
    monkeypatch.setenv("MLVIZ_DOT", str(own))
    assert find_dot() == own


@pytest.mark.usefixtures("without_dot")
@scripts
def test_a_dot_on_the_path_is_the_last_that_is_tried(tmp_path: Path) -> None:
    assert find_dot() is None
    own = program(tmp_path, "dot", "")
    program_module._find_dot.cache_clear()
    assert find_dot() == own


@pytest.mark.usefixtures("without_dot")
def test_without_dot_the_built_in_layout_is_taken() -> None:
    a_graph = network([2, 2, 1])
    drawing = layout(a_graph)
    assert drawing.engine == "layered"
    check(a_graph, drawing)


@pytest.mark.usefixtures("without_dot")
def test_asking_for_dot_without_dot_is_an_error() -> None:
    with pytest.raises(LayoutError, match="MLVIZ_DOT"):
        layout(graph([(0, 1)]), "dot")


@scripts
@pytest.mark.parametrize(
    "text",
    [
        "import sys; sys.exit('no such font')",
        "print('graph 1 1 1')",
        "print('node zero')",
        "print('edge 0 1 4 0 0 solid')",
    ],
)
def test_a_dot_that_fails_or_talks_nonsense_is_an_error_and_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("MLVIZ_DOT", str(program(tmp_path, "my-dot", text)))
    with pytest.raises(LayoutError):
        layout(graph([(0, 1)]), "dot")
    assert layout(graph([(0, 1)])).engine == "layered"


def test_a_file_that_is_no_program_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dot_module, "find_dot", lambda: tmp_path / "nothing")
    with pytest.raises(LayoutError):
        lay_out_dot(graph([(0, 1)]), DEFAULT_SPACING)


@scripts
def test_a_dot_that_takes_too_long_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLVIZ_DOT", str(program(tmp_path, "my-dot", "import time; time.sleep(30)")))
    begun = time.monotonic()
    with pytest.raises(LayoutError, match=r"0\.2 s"):
        lay_out_dot(graph([(0, 1)]), DEFAULT_SPACING, time_limit_seconds=0.2)
    assert time.monotonic() - begun < 5


@scripts
def test_a_dot_that_fails_is_tried_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    text = f"import sys; open({str(calls)!r}, 'a').write('x'); sys.exit(1)"
    monkeypatch.setenv("MLVIZ_DOT", str(program(tmp_path, "my-dot", text)))
    assert layout(graph([(0, 1)]), rankdir="auto", aspect=1.5).engine == "layered"
    assert calls.read_text() == "x"


@scripts
def test_cancelling_ends_a_running_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started = tmp_path / "pid"
    text = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(30)"
    monkeypatch.setenv("MLVIZ_DOT", str(program(tmp_path, "my-dot", text)))
    cancel = threading.Event()
    timer = threading.Timer(0.3, cancel.set)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(LayoutCancelled):
        layout(graph([(0, 1)]), cancel=cancel)
    timer.join()
    assert time.monotonic() - begun < 5
    if started.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(started.read_text()), 0)


@scripts
def test_more_text_than_a_pipe_holds_gets_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The program reads late, so waiting for it is interrupted by looking for a cancel.
    real = find_dot()
    text = (
        "import subprocess, sys, time; time.sleep(0.2)\n"
        f"sys.exit(subprocess.run([{str(real)!r}, *sys.argv[1:]]).returncode)"
    )
    monkeypatch.setenv("MLVIZ_DOT", str(program(tmp_path, "my-dot", text)))
    a_graph = graph([(i, i + 1) for i in range(1500)])
    assert len(dot_module._source(a_graph, DEFAULT_SPACING)) > 100_000
    assert len(layout(a_graph, "dot").nodes) == 1501


def test_a_lost_edge_is_drawn_by_an_own_curve() -> None:
    a_graph = graph([(0, 1)])
    lines = ["graph 1 4 1", "node 0 0.8 1", "node 1 3 1"]
    places, curves = dot_module._read(lines)
    drawing = dot_module._finish(a_graph, places, curves, 34)
    check(a_graph, drawing)


def test_of_two_edges_around_a_box_the_upper_one_is_the_first_slot() -> None:
    a_graph = graph([(0, 1), (1, 2), (0, 2), (0, 2)])
    lines = [
        "graph 1 8 3",
        "node 0 1 1.5",
        "node 1 4 1.5",
        "node 2 7 1.5",
        "edge 0 1 4 1.7 1.5 2 1.5 3 1.5 3.3 1.5 solid #000000",
        "edge 1 2 4 4.7 1.5 5 1.5 6 1.5 6.3 1.5 solid #000001",
        # dot's y grows upwards, so this one is below
        "edge 0 2 4 1.7 1.5 2 0.1 6 0.1 6.3 1.5 solid #000002",
        "edge 0 2 4 1.7 1.5 2 2.9 6 2.9 6.3 1.5 solid #000003",
    ]
    drawing = dot_module._finish(a_graph, *dot_module._read(lines), 34)
    first, second = (sample(drawing.routes[i])[12] for i in (2, 3))
    assert first[1] < drawing.nodes[1].y < second[1]


def test_edges_keep_clear_of_the_boxes_that_they_pass() -> None:
    clear_cache()
    sizes = [(110, 68), (98, 50), (110, 68), (100, 50), (98, 50), (174, 68)]
    pairs = [(0, 2), (1, 2), (2, 3), (0, 4), (2, 5), (3, 5), (4, 5)]
    boxes = tuple(NodeBox(key, *size) for key, size in enumerate(sizes))
    asked = LayoutGraph(boxes, graph(pairs).edges)
    drawing = lay_out_dot(asked, DEFAULT_SPACING)
    for edge, route in zip(asked.edges, drawing.routes, strict=True):
        for x, y in sample(route, 24):
            for box in boxes:
                if box.key not in (edge.source, edge.target):
                    middle = drawing.nodes[box.key]
                    across = abs(x - middle.x) - box.width / 2
                    assert max(across, abs(y - middle.y) - box.height / 2) > 4
