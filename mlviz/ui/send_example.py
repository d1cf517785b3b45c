"""From an example to the film: the iteration whose batch has it, with its row selected."""

from mlviz.learn.network import NetworkProgram
from mlviz.ui.session import Session


def iteration_with(program: NetworkProgram, row: int, near: int, head: int) -> int:
    """Return the iteration nearest to `near` that sees a row of the training part.

    The earlier ones of the same distance come first; none lies beyond `head`, unless the row
    was not seen so far.
    """
    count = program.iterations_per_epoch
    for away in range(2 * count):
        for number in (near - away, near + away):
            if 1 <= number <= max(head, near) and row in program.rows(number):
                return number
    return next(number for number in range(1, count + 1) if row in program.rows(number))


def send_example(session: Session, row: int) -> None:
    """Show the film at the cursor, or near it, with a training example acting.

    Its row of the inputs is selected, so every view of the film shows its numbers.
    """
    lab = session.lab
    program = lab.program
    if not isinstance(program, NetworkProgram):
        return
    lab.select_row(row)
    number = iteration_with(program, row, lab.cursor, lab.run.head)
    lab.pause()
    if number != lab.cursor:
        lab.seek(number)
    lab.show_film()
    session.set_face("film")
    select_row(session, program, row, number)


def select_row(session: Session, program: NetworkProgram, row: int, iteration: int) -> None:
    """Select a row of the batch that the film shows."""
    place = program.rows(iteration).tolist().index(row)
    for node in session.timeline.tape:
        if node.origin == "inputs":
            session.select(node.id, (place, 0))
            return
        if node.origin == f"inputs[{place},0]":  # at the finest level each number is a node
            session.select(node.id)
            return
