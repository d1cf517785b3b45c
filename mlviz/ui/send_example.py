"""From an example to the film: with the batch that has it, or alone if training does not use it."""

from mlviz.learn.aside import Aside
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


def send_example(session: Session, row: int, part: str = "train") -> None:
    """Show the film with an example acting.

    One that is learned from acts in its batch, at the cursor or near it. Any other one runs alone
    with the weights at the cursor; nothing is updated, and the run stays as it is.

    Its row of the inputs is selected, so every view of the film shows its numbers.
    """
    lab = session.lab
    program = lab.program
    if not isinstance(program, NetworkProgram):
        return
    lab.pause()
    if part == "train":
        lab.select_row(row)
        lab.aside = None
        number = iteration_with(program, row, lab.cursor, lab.run.head)
        if number != lab.cursor:
            lab.seek(number)
        place = program.rows(number).tolist().index(row)
    else:
        number = min(lab.cursor, lab.run.head)
        lab.aside = Aside(lab.run.training, number, part, row)
        place = 0
    lab.show_film()
    if len(program.rows(number)) > 1 and part == "train":
        session.set_stage_mode("network")  # in the graph one row of many is not to be found
    session.set_face("film")
    select_row(session, place)


def select_row(session: Session, place: int) -> None:
    """Select a row of what the film shows."""
    for node in session.timeline.tape:
        if node.origin == "inputs":
            session.select(node.id, (place, 0))
            return
        if node.origin == f"inputs[{place},0]":  # at the finest level each number is a node
            session.select(node.id)
            return
