"""Graphs to lay out, and what is true of every layout."""

from itertools import pairwise

from hypothesis import strategies as st

from mlviz.layout import Edge, Layout, LayoutGraph, NodeBox, Point, Route

TOLERANCE = 1.5


def graph(pairs: list[tuple[int, int]], size: tuple[float, float] = (104, 66)) -> LayoutGraph:
    """Boxes of one size; an edge's slot is its place among those that end in the same box."""
    keys = sorted({key for pair in pairs for key in pair})
    taken: dict[int, int] = {}
    edges = []
    for source, target in pairs:
        edges.append(Edge(source, target, taken.get(target, 0)))
        taken[target] = taken.get(target, 0) + 1
    return LayoutGraph(tuple(NodeBox(key, *size) for key in keys), tuple(edges))


def network(sizes: list[int], size: tuple[float, float] = (104, 66)) -> LayoutGraph:
    """A network as scalars: weights, inputs, products, sums, sigmoids and a squared error."""
    nodes: list[NodeBox] = []
    edges: list[Edge] = []

    def add(group: str, *inputs: int) -> int:
        key = len(nodes)
        nodes.append(NodeBox(key, *size, group=group))
        edges.extend(Edge(source, key, slot) for slot, source in enumerate(inputs))
        return key

    values = [add("") for _ in range(sizes[0])]
    for layer, width in enumerate(sizes[1:], 1):
        outputs = []
        for neuron in range(width):
            group = f"layer{layer}/neuron{neuron}"
            products = [add(group, add(group), value) for value in values]
            outputs.append(add(group, add(group, *products, add(group))))
        values = outputs
    terms = [add("loss", add("loss", value, add("loss"))) for value in values]
    add("loss", *terms)
    return LayoutGraph(tuple(nodes), tuple(edges))


@st.composite
def random_graphs(draw: st.DrawFn) -> LayoutGraph:
    """Any acyclic graph: boxes of many sizes, repeated edges, several parts, wishes, groups."""
    count = draw(st.integers(1, 18))
    length = st.integers(8, 200)
    nodes = tuple(
        NodeBox(
            10 * i,
            draw(length),
            draw(length),
            draw(st.sampled_from(["", "a/0", "a/1", "b"])),
            draw(st.sampled_from([None, None, None, 1, "x", "first"])),
        )
        for i in range(count)
    )
    edges = []
    for target in range(1, count):
        sources = draw(st.lists(st.integers(0, target - 1), max_size=3))
        edges += [Edge(10 * source, 10 * target, slot) for slot, source in enumerate(sources)]
    return LayoutGraph(nodes, tuple(edges))


def check(graph: LayoutGraph, drawing: Layout) -> None:
    """Assert what holds for every layout: no overlaps, and routes from border to border."""
    boxes = {node.key: node for node in graph.nodes}
    assert set(drawing.nodes) == set(boxes)
    rectangles = [rectangle(node, drawing) for node in graph.nodes]
    for i, (left, top, right, bottom) in enumerate(rectangles):
        assert left >= -TOLERANCE
        assert top >= -TOLERANCE
        assert right <= drawing.width + TOLERANCE
        assert bottom <= drawing.height + TOLERANCE
        for other_left, other_top, other_right, other_bottom in rectangles[:i]:
            apart = max(
                other_left - right, left - other_right, other_top - bottom, top - other_bottom
            )
            assert apart > 0
    assert len(drawing.routes) == len(graph.edges)
    for edge, route in zip(graph.edges, drawing.routes, strict=True):
        assert len(route.points) % 3 == 1
        assert len(route.points) >= 4
        _check_end(route.points[0], boxes[edge.source], drawing, leaving=True)
        _check_end(route.points[-1], boxes[edge.target], drawing, leaving=False)

    _check_entries(graph, drawing)


def _check_entries(graph: LayoutGraph, drawing: Layout) -> None:
    """Edges end beside each other, never upon each other."""
    across = 1 if drawing.direction == "LR" else 0
    for node in graph.nodes:
        entries = sorted(
            route.points[-1][across]
            for edge, route in zip(graph.edges, drawing.routes, strict=True)
            if edge.target == node.key
        )
        side = node.height if drawing.direction == "LR" else node.width
        for a, b in pairwise(entries):
            assert b - a > 0.9 * min(12, side / 2 / (len(entries) - 1))


def _check_end(point: Point, box: NodeBox, drawing: Layout, *, leaving: bool) -> None:
    left, top, right, bottom = rectangle(box, drawing)
    x, y = point
    if drawing.direction == "LR":
        assert abs(x - (right if leaving else left)) <= TOLERANCE
        assert top - TOLERANCE <= y <= bottom + TOLERANCE
    else:
        assert abs(y - (bottom if leaving else top)) <= TOLERANCE
        assert left - TOLERANCE <= x <= right + TOLERANCE


def rectangle(node: NodeBox, drawing: Layout) -> tuple[float, float, float, float]:
    x, y = drawing.nodes[node.key]
    return x - node.width / 2, y - node.height / 2, x + node.width / 2, y + node.height / 2


def sample(route: Route, steps: int = 24) -> list[Point]:
    """Points on a route, worked out by de Casteljau's rule."""
    found = []
    for i in range(0, len(route.points) - 1, 3):
        for k in range(steps + 1):
            points = list(route.points[i : i + 4])
            t = k / steps
            while len(points) > 1:
                points = [
                    (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
                    for a, b in pairwise(points)
                ]
            found.append(points[0])
    return found


def boxes_run_through(graph: LayoutGraph, drawing: Layout, index: int) -> list[int]:
    """The keys of the boxes, other than its own, that an edge runs through."""
    edge = graph.edges[index]
    points = sample(drawing.routes[index])
    found = []
    for node in graph.nodes:
        left, top, right, bottom = rectangle(node, drawing)
        if node.key not in (edge.source, edge.target) and any(
            left + 1 < x < right - 1 and top + 1 < y < bottom - 1 for x, y in points
        ):
            found.append(node.key)
    return found
